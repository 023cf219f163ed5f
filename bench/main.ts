// `npm run bench [rounds]` measures the flow, `npm run bench -- api [rounds]` single calls of the API.
await import(process.argv[2] === 'api' ? './api.ts' : './flow-against-naive.ts')
export {}
