// The colors of the hosted page that do not depend on the brand.

export const schemes = ['light', 'dark'] as const
export type Scheme = (typeof schemes)[number]

/** Colors as `#rrggbb`. */
export interface PageColors {
  /** The background of the page, and that of its content. */
  ground: string
  card: string
  text: string
  /** Text of less importance. */
  quiet: string
  /** Edges of controls. `edge`: other lines, without which the page is understood as well. */
  line: string
  edge: string
  good: string
  bad: string
  /** Backgrounds of alerts, and of the note that this is the sandbox. */
  alert: string
  note: string
}

export const pageColors: Readonly<Record<Scheme, PageColors>> = {
  light: {
    ground: '#f5f6f9',
    card: '#ffffff',
    text: '#1c2430',
    quiet: '#566072',
    line: '#808a9a',
    edge: '#d5dae3',
    good: '#17693a',
    bad: '#a3231b',
    alert: '#fdeeec',
    note: '#fdf0c8',
  },
  dark: {
    ground: '#0f131a',
    card: '#191f29',
    text: '#e9ecf1',
    quiet: '#a9b3c1',
    line: '#6f7b8d',
    edge: '#333c4a',
    good: '#5fcb8f',
    bad: '#ff9d93',
    alert: '#3a1f1e',
    note: '#41360f',
  },
}
