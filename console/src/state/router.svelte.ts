// Where the console is: the path and the search of the address, both of which say everything.
//
// Links are plain links. A click on one changes the address without loading the page anew.

class Place {
  path = $state(location.pathname)
  search = $state.raw(new URLSearchParams(location.search))

  go(to: string, how: 'push' | 'replace' = 'push'): void {
    const url = new URL(to, location.href)
    const isNewPage = url.pathname !== location.pathname
    if (how === 'push') history.pushState(null, '', url)
    else history.replaceState(null, '', url)
    this.read()
    if (isNewPage && how === 'push') scrollTo(0, 0)
  }

  /** Sets members of the search; null takes one away. */
  set(changes: Record<string, string | null>, how: 'push' | 'replace' = 'replace'): void {
    this.go(this.with(changes), how)
  }

  /** The address with these members of the search changed. */
  with(changes: Record<string, string | null>): string {
    const search = new URLSearchParams(this.search)
    for (const [name, value] of Object.entries(changes)) {
      if (value === null || value === '') search.delete(name)
      else search.set(name, value)
    }
    const text = search.toString()
    return this.path + (text === '' ? '' : `?${text}`)
  }

  read(): void {
    this.path = location.pathname
    this.search = new URLSearchParams(location.search)
  }
}

export const place = new Place()

addEventListener('popstate', () => place.read())

addEventListener('click', (event) => {
  if (event.defaultPrevented || event.button !== 0) return
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
  const target = event.target instanceof Element ? event.target.closest('a') : null
  const href = target?.getAttribute('href')
  if (!target || !href || target.target || target.hasAttribute('download')) return
  const url = new URL(href, location.href)
  // The playground is a page of its own.
  if (url.origin !== location.origin || url.pathname === '/playground') return
  event.preventDefault()
  place.go(url.href)
})
