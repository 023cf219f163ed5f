import { Hono } from 'hono'
import { Faults } from '../faults.ts'
import { listen, type SimulatorApp } from '../listen.ts'
import { PayPalAccounts } from './accounts/accounts.ts'
import { answerCall, type Parts } from './api/answer-call.ts'
import { addAccountControls, addControls } from './api/controls.ts'
import { certificatePath, Webhooks, type WebhookTarget } from './webhooks/webhooks.ts'
import type { Shared } from './behavior/state.ts'
import { addApproval } from './browser/approval.ts'
import { makeCertificates, type Certificates } from './certificates.ts'

export interface PayPalSimulator {
  url: string
  /** PEM of the root of the certificate chain that signs events. */
  rootCertificate: string
  /** Sets the endpoint for events of the default account. May be called later. */
  sendEventsTo(target: WebhookTarget): void
  close(): Promise<void>
}

/** Shared within the process, because three RSA keys take half a second. */
let own: Promise<Certificates> | undefined

/** Returns the certificates that are stored with the default account. Stores new ones there first. */
async function certificatesOf({ default: { state } }: PayPalAccounts): Promise<Certificates> {
  const stored = state.journal.get<Certificates>('certificates', 'own')
  const certificates = stored ?? (await (own ??= makeCertificates()))
  if (!stored) state.journal.put('certificates', 'own', certificates)
  return certificates
}

/** Starts the PayPal simulator: the part of its HTTP API that we use, with state in `folder`, and its pages. */
export async function startPayPalSimulator(options: { folder: string; port?: number }): Promise<PayPalSimulator> {
  const shared: Shared = { url: '' }
  const accounts = new PayPalAccounts(options.folder, shared)
  const certificates = (shared.certificates = await certificatesOf(accounts))
  const webhooks = new Webhooks(accounts, certificates)
  const parts: Parts = { accounts, faults: new Faults(), webhooks, log: [] }
  const app: SimulatorApp = new Hono()
  app.get(certificatePath(certificates), (c) => c.text(certificates.chain))
  addApproval(app, accounts)
  addControls(app, parts)
  addAccountControls(app, parts)
  for (const version of ['v1', 'v2', 'v3']) app.all(`/${version}/*`, (c) => answerCall(c, parts))
  const { url, close } = await listen(app, options.port)
  shared.url = url
  webhooks.resume()
  return {
    url,
    rootCertificate: certificates.root,
    sendEventsTo: (target) => webhooks.sendTo(target),
    async close() {
      webhooks.stop()
      await close()
      accounts.close()
    },
  }
}
