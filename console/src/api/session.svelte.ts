// Who is signed in: the key, where it is kept, and what its holder may do.
//
// The key is kept for the tab, or for this browser when asked. It never goes into an address.
import type { Role, ViewerQuery } from './generated'

const NAME = 'snapledger.key'
const RANK: Record<Role, number> = { VIEWER: 0, EDITOR: 1, ADMIN: 2 }

export type Viewer = ViewerQuery['viewer']

class Session {
  key = $state<string | null>(sessionStorage.getItem(NAME) ?? localStorage.getItem(NAME))
  viewer = $state.raw<Viewer | null>(null)
  /** Why the key that was there no longer opens; shown where a new one is asked for. */
  ended = $state<string | null>(null)

  open(key: string, kept: boolean, viewer: Viewer): void {
    this.#forget()
    const storage = kept ? localStorage : sessionStorage
    storage.setItem(NAME, key)
    this.key = key
    this.viewer = viewer
    this.ended = null
  }

  close(why: string | null = null): void {
    this.#forget()
    this.key = null
    this.viewer = null
    this.ended = why
  }

  /** What may be done in a project; null without one: in any. */
  may(role: Role, projectId: string | null = null): boolean {
    const roles = this.viewer?.roles ?? []
    return roles.some((held) => {
      const meant = projectId === null || held.project.id === projectId
      return meant && RANK[held.role] >= RANK[role]
    })
  }

  #forget(): void {
    sessionStorage.removeItem(NAME)
    localStorage.removeItem(NAME)
  }
}

export const session = new Session()

/** Whether a role held is enough for what another one may. */
export function reaches(held: Role, needed: Role): boolean {
  return RANK[held] >= RANK[needed]
}
