import { mount } from './mount.ts'

// `/embed.js`, which applications load to show the hosted page: docs/embedding.md.

declare global {
  interface Window {
    BillingSetup?: { mount: typeof mount }
  }
}

window.BillingSetup = { mount }
