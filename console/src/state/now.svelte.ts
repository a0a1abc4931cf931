// The present time, in steps that are enough for `5 min ago`.
const STEP_MS = 10_000

class Now {
  ms = $state(Date.now())
}

export const now = new Now()
setInterval(() => (now.ms = Date.now()), STEP_MS)
