import { raw } from 'hono/html'
import type { Child } from 'hono/jsx'

interface FrameProps {
  title: string
  styles: string[]
  children: Child
}

/** Every page of the documentation. */
export function Frame({ title, styles, children }: FrameProps) {
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
          <nav class="site" aria-label="Documents">
            <a href="/docs">Reference</a>
            <a href="/docs/errors">Errors</a>
            <a href="/openapi.json">OpenAPI document</a>
            <a href="/llms.txt">llms.txt</a>
          </nav>
          {children}
        </body>
      </html>
    </>
  )
}
