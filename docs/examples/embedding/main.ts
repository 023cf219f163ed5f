import { createApp } from './app.ts'

// npx tsx docs/examples/embedding/main.ts

const { API_URL = 'http://127.0.0.1:8080', PAGE_URL = API_URL, API_KEY = '', PORT = '3000' } = process.env
const origin = `http://localhost:${PORT}`
const integrity = process.env.EMBED_INTEGRITY
createApp({ origin, apiUrl: API_URL, pageUrl: PAGE_URL, apiKey: API_KEY, integrity }).listen(
  Number(PORT),
  'localhost',
  () => console.log(`Open ${origin}`),
)
