import { Hono } from 'hono'
import { Faults } from '../faults.ts'
import { listen, type SimulatorApp } from '../listen.ts'
import { StripeAccounts } from './accounts/accounts.ts'
import { answerCall, type Parts } from './api/answer-call.ts'
import { addControls } from './api/controls.ts'
import { addKeyControls } from './api/key-controls.ts'
import { addMethodControls } from './api/method-controls.ts'
import { Webhooks, type WebhookTarget } from './webhooks/webhooks.ts'
import { addAccountLink } from './browser/account-link.ts'
import { addChallenge } from './browser/challenge.ts'
import { addFrame } from './browser/frame.ts'
import { addOwnForm } from './browser/own-form.ts'
import { openJudge, type Judged } from './judge/judge.ts'
import type { HeardRequest, Listener } from './listener.ts'

export type { HeardRequest }

export interface StripeSimulator {
  url: string
  /** Sets the endpoint for events of the default account. May be called later. */
  sendEventsTo(target: WebhookTarget): void
  /** The bodies that were validated against the vendor's published types so far. */
  judged: Judged
  close(): Promise<void>
}

export interface StripeSimulatorOptions {
  folder: string
  port?: number
  /** Whether bodies are validated against the vendor's published types. `if-cached`: only if the schema is cached. */
  judge?: boolean | 'if-cached'
  listener?: Listener | undefined
}

/** Starts the Stripe simulator: the part of its HTTP API that we use, with state in `folder`, and its card form. */
export async function startStripeSimulator(options: StripeSimulatorOptions): Promise<StripeSimulator> {
  const judge = await openJudge(options.judge ?? false)
  const accounts = new StripeAccounts(options.folder)
  let target: WebhookTarget | undefined
  const webhooks = new Webhooks(accounts, () => target, judge)
  const parts: Parts = { accounts, faults: new Faults(), webhooks, log: [], judge, listener: options.listener }
  const app: SimulatorApp = new Hono()
  app.all('/v1/*', (c) => answerCall(c, parts))
  addControls(app, parts)
  addKeyControls(app, parts)
  addMethodControls(app, parts)
  addChallenge(app, parts)
  addOwnForm(app, parts)
  addAccountLink(app, parts)
  addFrame(app, accounts)
  const { url, close } = await listen(app, options.port)
  accounts.shared.url = url
  return {
    url,
    judged: judge?.judged ?? { bodies: 0, violations: [] },
    sendEventsTo: (wanted) => {
      target = wanted
    },
    async close() {
      webhooks.stop()
      await close()
      accounts.close()
    },
  }
}
