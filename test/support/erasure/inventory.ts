/**
 * Returns the columns that the inventory in docs/data-protection.md says are erased and kept, as `table.column`. Its
 * rows are `| table | erased columns | kept columns | … |`.
 */
export function inventory(document: string): { erased: string[]; kept: string[] } {
  const [, after = ''] = document.split('## Inventory of the database\n')
  const [section = ''] = after.split('\n## ')
  const rows = section
    .split('\n')
    .filter((line) => /^\| `/.test(line))
    .map((line) => line.split('|').map((cell) => cell.trim()))
  const columns = (cell: 2 | 3) =>
    rows.flatMap((cells) => namesIn(cells[cell]!).map((column) => `${namesIn(cells[1]!)[0]}.${column}`))
  return { erased: columns(2), kept: columns(3) }
}

/** Returns what the document says an export leaves out: columns as `table.column`, and whole tables as `table.*`. */
export function leftOutOfExport(document: string): string[] {
  const [, after = ''] = document.split('| Left out ')
  const [section = ''] = after.split('\n## ')
  const rows = section.split('\n').filter((line) => /^\| `/.test(line))
  return rows.flatMap((line) => {
    const [, tables = '', columns = ''] = line.split('|')
    const left = columns.trim() === 'all' ? ['*'] : namesIn(columns)
    return namesIn(tables).flatMap((table) => left.map((column) => `${table}.${column}`))
  })
}

const namesIn = (cell: string): string[] => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name!)
