import { raw } from 'hono/html'
import type { Child } from 'hono/jsx'
import { failureGuide, type Guidance } from '../domain/failure-guide.ts'

interface FrameProps {
  title: string
  styles: string[]
  children: Child
}

function Frame({ title, styles, children }: FrameProps) {
  return (
    <>
      {raw('<!doctype html>')}
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <title>{`${title} · billing-onboarding`}</title>
          {styles.map((style) => (
            <link rel="stylesheet" href={style} />
          ))}
        </head>
        <body>
          <nav>
            <a href="/docs">Reference</a> · <a href="/docs/errors">Errors</a> ·{' '}
            <a href="/openapi.json">OpenAPI document</a>
          </nav>
          {children}
        </body>
      </html>
    </>
  )
}

/** Shows the OpenAPI document; the scripts do it. */
export const ReferencePage = ({ styles, scripts }: { styles: string[]; scripts: string[] }) => (
  <Frame title="API reference" styles={styles}>
    <main id="reference" />
    {scripts.map((script) => (
      <script src={script} />
    ))}
  </Frame>
)

interface ErrorsProps {
  styles: string[]
  /** HTTP status of each code. */
  statuses: Record<string, number>
}

/** Every code with what it means and what to do; `doc_url` of native problems points at it. */
export const ErrorsPage = ({ styles, statuses }: ErrorsProps) => (
  <Frame title="Errors" styles={styles}>
    <h1>Errors</h1>
    <p>
      Native answers carry the code as <code>code</code>. The other doors answer in the words of their own documents,
      with the same HTTP status unless their page says otherwise.
    </p>
    <dl>
      {Object.entries(failureGuide).map(([code, guidance]) => (
        <Entry code={code} status={statuses[code] ?? 500} {...guidance} />
      ))}
    </dl>
  </Frame>
)

const Entry = ({ code, status, title, meaning, remedy }: Guidance & { code: string; status: number }) => (
  <>
    <dt id={code}>
      <code>{code}</code> · {status} · {title}
    </dt>
    <dd>
      {meaning} <em>{remedy}</em>
    </dd>
  </>
)
