import type { Operation } from './complete-document.ts'
import { Field, Fields, type ShownSchema } from './fields.tsx'
import { Frame } from './frame.tsx'
import { samplesOf } from './samples.ts'
import { Webhooks, webhooksOf, type WebhooksDocument } from './webhooks-part.tsx'

/** What the page shows of the OpenAPI document. */
export interface ShownDocument extends WebhooksDocument {
  info: { description: string }
  tags: { name: string; description: string }[]
}
interface Listed {
  method: string
  path: string
  operation: Operation & { tags?: string[]; description?: string }
}

const languages = { curl: 'curl', typescript: 'TypeScript', python: 'Python' }
const anchorOf = (tag: string) => `tag-${tag.toLowerCase().replace(/\W+/g, '-')}`
const resolverOf = (document: ShownDocument) => (ref: string) =>
  document.components.schemas[ref.split('/').at(-1)!] as ShownSchema

/** Returns the operations of each tag, in the order of the document. */
export function operationsByTag(document: ShownDocument): [tag: string, description: string, listed: Listed[]][] {
  const all = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Listed => ({ method, path, operation })),
  )
  return document.tags.map(({ name, description }) => [
    name,
    description,
    all.filter(({ operation }) => operation.tags?.[0] === name),
  ])
}

interface PageProps {
  document: ShownDocument
  styles: string[]
  scripts: string[]
}

/** Page that shows the OpenAPI document: each operation with its fields, samples, a response and its errors. */
export function ReferencePage({ document, styles, scripts }: PageProps) {
  const groups = operationsByTag(document)
  return (
    <Frame title="API reference" styles={styles}>
      <Contents groups={groups} webhooks={webhooksOf(document)} />
      <main id="reference">
        <h1>API reference</h1>
        <p>{document.info.description}</p>
        <Languages />
        {groups.map(([tag, description, listed]) => (
          <section aria-labelledby={anchorOf(tag)}>
            <h2 id={anchorOf(tag)}>{tag}</h2>
            <p>{description}</p>
            {listed.map((each) => (
              <Call {...each} document={document} />
            ))}
          </section>
        ))}
        <Webhooks document={document} />
        <Objects document={document} />
      </main>
      {scripts.map((script) => (
        <script src={script} />
      ))}
    </Frame>
  )
}

interface ContentsProps {
  groups: ReturnType<typeof operationsByTag>
  webhooks: ReturnType<typeof webhooksOf>
}

function Contents({ groups, webhooks }: ContentsProps) {
  return (
    <nav class="contents" aria-label="Contents">
      <label>
        Search <kbd>/</kbd>
        <input type="search" id="search" autocomplete="off" />
      </label>
      <p id="found" role="status" />
      {groups.map(([tag, , listed]) => (
        <details open>
          <summary>{tag}</summary>
          <ul>
            {listed.map(({ method, path, operation }) => (
              <li data-search={`${tag} ${method} ${path} ${operation.operationId} ${operation.summary}`.toLowerCase()}>
                <a href={`#${operation.operationId}`}>{operation.summary}</a>
              </li>
            ))}
          </ul>
        </details>
      ))}
      <details>
        <summary>Webhooks</summary>
        <ul>
          <li data-search="webhooks the request headers signature">
            <a href="#webhook-request">The request</a>
          </li>
          {webhooks.map(([type, { summary }]) => (
            <li data-search={`webhooks ${type} ${summary}`.toLowerCase()}>
              <a href={`#webhook-${type}`}>{type}</a>
            </li>
          ))}
        </ul>
      </details>
    </nav>
  )
}

/** The choice of the language of all samples. It works without a script. */
const Languages = () => (
  <fieldset class="languages">
    <legend>Samples in</legend>
    {Object.entries(languages).map(([language, label], i) => (
      <label>
        <input type="radio" name="language" id={`language-${language}`} value={language} checked={i === 0} /> {label}
      </label>
    ))}
  </fieldset>
)

function Call({ method, path, operation, document }: Listed & { document: ShownDocument }) {
  const resolve = resolverOf(document)
  const { operationId, summary, description, parameters = [], requestBody } = operation
  const own = parameters.filter(({ name }) => name !== undefined)
  const [media] = Object.values(requestBody?.content ?? {})
  const body = media?.schema.$ref ? resolve(media.schema.$ref) : (media?.schema as ShownSchema | undefined)
  return (
    <article id={operationId} aria-labelledby={`${operationId}-title`}>
      <div class="words">
        <h3 id={`${operationId}-title`}>
          <a href={`#${operationId}`}>{summary}</a>
        </h3>
        <p class="route">
          <b class={method}>{method.toUpperCase()}</b> <code>{path}</code>
        </p>
        {description ? <p>{description}</p> : null}
        {own.length > 0 ? (
          <>
            <h4>Parameters</h4>
            <ul class="fields">
              {own.map(({ name, schema = {}, description: text, required }) => (
                <Field name={name!} schema={schema} description={text} required={required ?? false} />
              ))}
            </ul>
          </>
        ) : null}
        {body?.properties ? (
          <>
            <h4>Body</h4>
            <Fields schema={body} />
          </>
        ) : null}
        <Errors operation={operation} />
      </div>
      <div class="samples">
        {samplesOf(method, path, operation, resolve).map(({ language, code }) => (
          <pre data-language={language} tabindex={0} aria-label={`${languages[language]} sample`}>
            <code>{code}</code>
          </pre>
        ))}
        <Answer operation={operation} />
      </div>
    </article>
  )
}

function Answer({ operation }: { operation: Operation }) {
  const good = Object.entries(operation.responses).filter(([status]) => status.startsWith('2'))
  const shown = good.find(([, { content }]) => Object.values(content ?? {})[0]?.example !== undefined) ?? good[0]
  if (!shown) return null
  const [media] = Object.values(shown[1].content ?? {})
  const ref = media?.schema.$ref?.split('/').at(-1)
  return (
    <>
      <h4>
        Response {shown[0]} {ref ? <a href={`#schema-${ref}`}>{ref}</a> : null}
      </h4>
      {media?.example === undefined ? null : (
        <pre tabindex={0} aria-label="Response">
          <code>{JSON.stringify(media.example, null, 2)}</code>
        </pre>
      )}
    </>
  )
}

const Errors = ({ operation }: { operation: Operation }) => (
  <details class="errors">
    <summary>Errors</summary>
    <ul>
      {Object.entries(operation.responses)
        .filter(([status]) => Number(status) >= 400)
        .map(([status, { description }]) => (
          <li>
            <b>{status}</b> {description}
          </li>
        ))}
    </ul>
    <a href="/docs/errors">What each code means</a>
  </details>
)

const Objects = ({ document }: { document: ShownDocument }) => (
  <section aria-labelledby="objects">
    <h2 id="objects">Objects</h2>
    {Object.entries(document.components.schemas).map(([name, schema]) => (
      <article id={`schema-${name}`} aria-labelledby={`schema-${name}-title`}>
        <div class="words">
          <h3 id={`schema-${name}-title`}>{name}</h3>
          <Fields schema={schema as ShownSchema} />
        </div>
      </article>
    ))}
  </section>
)
