import { conflictGuide } from '../../domain/failure/conflict-guide.ts'
import { failureGuide, type Guidance } from '../../domain/failure/failure-guide.ts'
import { Frame } from './frame.tsx'

interface ErrorsProps {
  styles: string[]
  /** HTTP status of each code. */
  statuses: Record<string, number>
  /** Additional anchors that errors of doors link to, by code. */
  anchors: Record<string, string>
}

/** Every code in the order of the page. The reasons of `conflict` follow it. */
const entries = Object.entries(failureGuide).flatMap(([code, guidance]): [string, Guidance][] =>
  code === 'conflict' ? [[code, guidance], ...Object.entries(conflictGuide)] : [[code, guidance]],
)

/** Returns the anchors that are not the name of a code, each at the first code that has it. */
function ownAnchors(anchors: Record<string, string>): Map<string, string> {
  const taken = new Set(entries.map(([code]) => code))
  const own = Object.entries(anchors).filter(([, anchor]) => !taken.has(anchor) && taken.add(anchor))
  return new Map(own)
}

/** Page that explains every code. `doc_url` of native problems links to it. */
export const ErrorsPage = ({ styles, statuses, anchors }: ErrorsProps) => {
  const own = ownAnchors(anchors)
  return (
    <Frame title="Errors" styles={styles}>
      <main class="text">
        <h1>Errors</h1>
        <p>
          Native errors contain the code as <code>code</code>. The other doors use the codes of their own documentation,
          with the same HTTP status unless their page says otherwise.
        </p>
        <dl>
          {entries.map(([code, guidance]) => (
            <Entry code={code} anchor={own.get(code)} status={statusOf(code, statuses)} {...guidance} />
          ))}
        </dl>
      </main>
    </Frame>
  )
}

const statusOf = (code: string, statuses: Record<string, number>) =>
  statuses[code in conflictGuide ? 'conflict' : code] ?? 500

interface EntryProps extends Guidance {
  code: string
  anchor: string | undefined
  status: number
}

const Entry = ({ code, anchor, status, title, meaning, remedy }: EntryProps) => (
  <>
    <dt id={code}>
      {anchor ? <span id={anchor} /> : null}
      <code>{code}</code> · {status} · {title}
    </dt>
    <dd>
      {meaning} <em>{remedy}</em>
    </dd>
  </>
)
