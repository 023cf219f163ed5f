import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { oauthDocument } from './judge-oauth.ts'
import type { Document, Schema } from './judge-types.ts'

const names = [
  'vault_payment_tokens_v3',
  'checkout_orders_v2',
  'payments_payment_v2',
  'customer_disputes_v1',
  'reporting_transactions_v1',
  'notifications_webhooks_v1',
] as const

/** Returns the folder of PayPal's OpenAPI documents: `PAYPAL_SPECS`, or a folder beside the project. */
export const documentsFolder = () =>
  process.env.PAYPAL_SPECS ?? fileURLToPath(new URL('../../../../../shared/specs/paypal', import.meta.url))

/** Returns the documents in the folder with our additions, and the one for access tokens. Empty without documents. */
export function loadDocuments(folder: string): Document[] {
  const documents = names.flatMap((name) => {
    const file = join(folder, `${name}.json`)
    if (!existsSync(file)) return []
    const document = JSON.parse(readFileSync(file, 'utf8')) as Document
    extend[name]?.(document.components.schemas)
    return [document]
  })
  return documents.length > 0 ? [...documents, oauthDocument] : []
}

const choice = (...values: string[]): Schema => ({ type: 'string', enum: values })
const anyText: Schema = { type: 'string', minLength: 1, maxLength: 127 }
const usagePattern: Schema = { type: 'string', pattern: '^(IMMEDIATE|DEFERRED|[A-Z]+_(PRE|POST)PAID)$' }

/** Additions to the documents: fields that PayPal's SDK 2.5.0 sends, and issues that PayPal returns undocumented. */
const extend: Partial<Record<(typeof names)[number], (schemas: Record<string, Schema>) => void>> = {
  vault_payment_tokens_v3: (schemas) => {
    add(schemas.customer!, { merchant_customer_id: { type: 'string', minLength: 1, maxLength: 64 } })
    add(schemas.wallet_base!, { usage_pattern: usagePattern })
    add(schemas.experience_context!, { user_action: choice('SETUP_NOW', 'CONTINUE') })
    add(schemas.token_id_request!, { type: choice('BILLING_AGREEMENT', 'SETUP_TOKEN') })
    schemas.payment_token_status = choice('CREATED', 'PAYER_ACTION_REQUIRED', 'APPROVED', 'VAULTED', 'TOKENIZED')
  },
  checkout_orders_v2: (schemas) => {
    const stored_credential: Schema = {
      type: 'object',
      properties: {
        payment_initiator: choice('CUSTOMER', 'MERCHANT'),
        charge_pattern: usagePattern,
        usage_pattern: usagePattern,
        usage: choice('FIRST', 'SUBSEQUENT', 'DERIVED'),
      },
      required: ['payment_initiator'],
    }
    add(schemas.paypal_wallet!, { stored_credential })
    const [create, capture] = [issuesOf(schemas['422']!), issuesOf(schemas['orders.capture-422']!)]
    const all = [...create, ...capture, unnamed]
    create.splice(0, create.length, ...all)
    capture.splice(0, capture.length, ...all)
  },
  // An order's `custom_id` and `invoice_id` accept any character (checkout_orders_v2.json), so fields that show them
  // must too.
  customer_disputes_v1: (schemas) => {
    add(schemas.transaction_info!, { custom: anyText, invoice_number: anyText })
  },
  reporting_transactions_v1: (schemas) => {
    add(schemas.transaction_info!, { custom_field: anyText, invoice_id: anyText })
    add(schemas.error_400!, { name: choice('INVALID_REQUEST', 'RESULTSET_TOO_LARGE'), message: anyText })
  },
  payments_payment_v2: (schemas) => {
    issuesOf(schemas['captures.refund-422']!).push(unnamed)
  },
}

const unnamed: Schema = {
  properties: { issue: choice('PAYPAL_REQUEST_ID_PREVIOUSLY_USED', 'ORDER_ALREADY_COMPLETED') },
}

function add(schema: Schema, properties: Record<string, Schema>): void {
  Object.assign(schema.properties as object, properties)
}

function issuesOf(schema: Schema): Schema[] {
  const { details } = schema.properties as { details: { items: { anyOf: Schema[] } } }
  return details.items.anyOf
}
