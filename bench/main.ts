// `npm run bench [rounds]` measures the flow, `npm run bench -- api [rounds]` single calls of the API, `npm run bench
// -- fairness [minutes]` what one organization's largest reads do to another's calls, `npm run bench -- documents
// [minutes]` what requests for documents without a key do to them.
const programs: Record<string, string> = {
  api: './api.ts',
  fairness: './fairness/main.ts',
  documents: './documents.ts',
}
await import(programs[process.argv[2] ?? ''] ?? './flow-against-naive.ts')
export {}
