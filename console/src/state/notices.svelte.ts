// What has just been done, told for a moment, sometimes with a way back.

export interface Notice {
  id: number
  text: string
  kind: 'done' | 'trouble'
  undo?: () => void
}

const SHOWN_MS = 8_000
const NOTICES_MAX = 4

class Notices {
  all = $state.raw<Notice[]>([])
  #next = 1

  tell(text: string, undo?: () => void): void {
    this.#add(undo ? { id: this.#next++, text, kind: 'done', undo } : { id: this.#next++, text, kind: 'done' })
  }

  trouble(text: string): void {
    this.#add({ id: this.#next++, text, kind: 'trouble' })
  }

  drop(id: number): void {
    this.all = this.all.filter((notice) => notice.id !== id)
  }

  #add(notice: Notice): void {
    this.all = [...this.all, notice].slice(-NOTICES_MAX)
    setTimeout(() => this.drop(notice.id), SHOWN_MS)
  }
}

export const notices = new Notices()
