/** One series of a scrape: its name, its labels and its value. */
export interface Series {
  name: string
  labels: Record<string, string>
  value: number
}

/** Returns the series of a text in Prometheus' format. */
export function seriesOf(text: string): Series[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name = '', labels = '', value = ''] = /^([\w:]+)(?:\{(.*)\})? (\S+)/.exec(line) ?? []
      const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, label, text]) => [label, text])
      return { name, labels: Object.fromEntries(pairs) as Record<string, string>, value: Number(value) }
    })
}

/** Returns the sum of the series with this name and these labels; 0 if there is none. */
export function sumOf(series: Series[], name: string, labels: Record<string, string> = {}): number {
  const matches = series.filter(
    (each) => each.name === name && Object.entries(labels).every(([label, value]) => each.labels[label] === value),
  )
  return matches.reduce((sum, { value }) => sum + value, 0)
}

export async function scrape(url: string): Promise<Series[]> {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`)
  return seriesOf(await response.text())
}
