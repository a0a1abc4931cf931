// Which page an address means. Every page has an address of its own.

export type Route =
  | { page: 'datasets' }
  | { page: 'dataset'; id: string; tab: 'history' | 'items' }
  | { page: 'snapshot'; id: string }
  | { page: 'compare' }
  | { page: 'events' }
  | { page: 'tasks' }
  | { page: 'task'; id: string }
  | { page: 'keys' }
  | { page: 'ledger' }
  | { page: 'nowhere' }

export function route(path: string): Route {
  const [first = '', id = '', rest = ''] = path.split('/').filter(Boolean).map(decodeURIComponent)
  switch (first) {
    case '':
      return { page: 'datasets' }
    case 'datasets':
      if (id === '') return { page: 'datasets' }
      if (rest === '' || rest === 'items') return { page: 'dataset', id, tab: rest === 'items' ? 'items' : 'history' }
      return { page: 'nowhere' }
    case 'snapshots':
      return id === '' ? { page: 'nowhere' } : { page: 'snapshot', id }
    case 'tasks':
      return id === '' ? { page: 'tasks' } : { page: 'task', id }
    case 'compare':
    case 'events':
    case 'keys':
    case 'ledger':
      return { page: first }
    default:
      return { page: 'nowhere' }
  }
}
