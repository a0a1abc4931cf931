// Light or dark: the system's, unless somebody chose.
const NAME = 'snapledger.theme'

export type Choice = 'system' | 'light' | 'dark'

const NEXT: Record<Choice, Choice> = { system: 'light', light: 'dark', dark: 'system' }

class Theme {
  choice = $state<Choice>((localStorage.getItem(NAME) as Choice | null) ?? 'system')

  next(): void {
    this.choice = NEXT[this.choice]
    if (this.choice === 'system') {
      localStorage.removeItem(NAME)
      delete document.documentElement.dataset.theme
    } else {
      localStorage.setItem(NAME, this.choice)
      document.documentElement.dataset.theme = this.choice
    }
  }
}

export const theme = new Theme()
