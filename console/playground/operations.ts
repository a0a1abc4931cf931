// The first operations: each runs as it stands, in this order, on any ledger.

const DATASETS = `# Every dataset you see, and whether it moved
# since it was last named. Run it: Ctrl-Enter.
# The next tabs go on from here.
query Datasets {
  datasets(
    first: 10
    orderBy: { field: UPDATED_AT, direction: DESC }
  ) {
    totalCount
    nodes {
      id
      name
      status
      itemCount
      isModified
      currentSnapshot { number name }
    }
  }
}
`

const CREATE = `# A dataset with two items, made for trying out.
mutation Create($name: String!) {
  createDataset(input: { name: $name }) {
    dataset { id name currentSnapshot { id name } }
    xactId
  }
}
`

const HISTORY = `# The latest facts of the log: who did what, when.
query History {
  events(last: 10) {
    nodes {
      xactId
      type
      actor
      recordedAt
      dataset { name }
      data
    }
  }
  ledger { head viewPosition version }
}
`

const WATCH = `# Everything that happens, from the first event on,
# then live. Leave it running, and change something
# in another tab.
subscription Watch {
  events(maxBatch: 5) {
    checkpoint
    caughtUp
    events { xactId type actor dataset { name } }
  }
}
`

const SNAPSHOTS = `# The newest snapshots of all datasets, and whether
# each dataset has changed since.
query Snapshots {
  snapshots(first: 5) {
    nodes {
      id
      number
      name
      createdBy
      isCurrent
      dataset { id name isModified }
    }
  }
}
`

export const FIRST_OPERATIONS = [
  { query: DATASETS },
  { query: CREATE, variables: JSON.stringify({ name: 'made in the playground' }, null, 2) },
  { query: SNAPSHOTS },
  { query: HISTORY },
  { query: WATCH },
]
