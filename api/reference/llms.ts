import { operationsByTag, type ShownDocument } from './reference-page.tsx'

/** Returns the list of all operations in Markdown, as https://llmstxt.org describes it. */
export function llmsText(document: ShownDocument): string {
  const groups = operationsByTag(document).map(([tag, description, listed]) =>
    [
      `## ${tag}`,
      description,
      listed
        .map(
          ({ method, path, operation: { operationId, summary } }) =>
            `- [${method.toUpperCase()} ${path}](/docs#${operationId}): ${summary}`,
        )
        .join('\n'),
    ].join('\n\n'),
  )
  return `${[
    '# billing-onboarding',
    `> ${document.info.description}`,
    '- [OpenAPI document](/openapi.json): every operation with its schemas and examples\n' +
      '- [API reference](/docs): every operation with samples in curl, TypeScript and Python\n' +
      '- [Errors](/docs/errors): every error code, what it means and what to do',
    ...groups,
  ].join('\n\n')}\n`
}
