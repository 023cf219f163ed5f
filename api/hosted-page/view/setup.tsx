import { gatewayFacts } from '../../../domain/gateways/list.ts'
import { Layout, NeedsScript, type Assets } from './layout.tsx'
import type { PageModel } from './model.ts'
import { stateWords, stepTitle, wordsOf } from './words.ts'

/** The hosted page: its purpose, the amount, the form, and the progress. */
export function SetupPage({ model, assets, nonce }: { model: PageModel; assets: Assets; nonce: string }) {
  const { headline, status } = wordsOf(model.state, model.replacing)
  const pays = model.state === 'form' || model.state === 'working' || model.state === 'confirm'
  const isRead = model.state === 'done' || model.state === 'active' || model.state === 'suspended'
  const loadsVendors = pays || model.state === 'closing'
  return (
    <Layout title={headline} brand={model.brand} assets={assets} nonce={nonce} link={model.link}>
      {model.sandbox ? <p class="badge">Test mode: no real money moves</p> : null}
      <div id="setup" {...dataOf(model)} data-loads-vendors={String(loadsVendors)}>
        {isRead ? null : <NeedsScript />}
        <h1 id="headline">{headline}</h1>
        <Explanation model={model} />
        {pays ? <PaymentForm model={model} /> : null}
        {pays ? <BankConfirmation model={model} /> : null}
        <p id="status" role="status">
          {status}
        </p>
        <p id="not-kept" class="small" hidden>
          Your browser does not store anything for this page. Do not reload it; to come back to it, open your link
          again.
        </p>
        {model.state === 'suspended' || model.state === 'active' ? null : <Progress model={model} />}
      </div>
      <Scripts model={model} assets={assets} loadsVendors={loadsVendors} />
    </Layout>
  )
}

const dataOf = (model: PageModel) => ({
  'data-state': model.state,
  'data-path': model.path,
  'data-amount': String(model.amount),
  'data-currency': model.currency,
  'data-replacing': String(model.replacing),
  'data-gateways': JSON.stringify(model.gateways),
  'data-return-url': model.returnUrl,
  'data-billing-customer': model.billingCustomerId,
  'data-embed-origins': JSON.stringify(model.embedOrigins),
  'data-primary': primaryLabel(model),
})

const primaryLabel = ({ price }: PageModel) => (price ? `Pay ${price} and finish` : 'Save payment method')

function Explanation({ model }: { model: PageModel }) {
  const { brand, price, itemName, state } = model
  if (state === 'active') return <p>Billing with {brand.name} is active. There is nothing to do here.</p>
  if (state === 'suspended')
    return <p>{brand.name} has paused billing for this account. Please contact them if you have questions.</p>
  if (state !== 'form' && state !== 'working' && state !== 'confirm') return null
  return (
    <div id="explanation">
      <p>
        {brand.name} asks you for {model.replacing ? 'another' : 'a'} payment method{itemName ? ` for ${itemName}` : ''}
        .{' '}
        {price ? (
          <>
            You pay <strong>{price}</strong> once, now, to verify it.
            {model.refunded ? ' It is refunded as soon as your account is active.' : ''}
          </>
        ) : (
          <>Nothing is charged now.</>
        )}
      </p>
      <p class="small">
        Your payment method is saved with the payment provider, so that {brand.name} can charge it later as you agreed
        with them. Your card number never reaches {brand.name}.
      </p>
    </div>
  )
}

/** Message if no gateway accepts a payment method for this account, which the customer cannot fix. */
function NothingOffered({ brand }: PageModel) {
  return (
    <section id="payment">
      <p role="alert">
        {brand.name} cannot accept a payment method right now: the payment provider does not accept their account. They
        have been notified. You have not been charged. Please come back later with the same link.
      </p>
    </section>
  )
}

function PaymentForm({ model }: { model: PageModel }) {
  if (model.gateways.length === 0) return <NothingOffered {...model} />
  return (
    <form id="payment" hidden={model.state !== 'form'}>
      <p id="alert" role="alert">
        {model.message ?? ''}
      </p>
      <fieldset>
        <legend>Payment method</legend>
        {model.gateways.map(({ name }) => (
          <label class="choice">
            <input type="radio" name="gateway" value={name} checked={name === model.gateway} />
            {gatewayFacts[name].choice}
          </label>
        ))}
      </fieldset>
      <div id="card-form" aria-busy="true"></div>
      <button type="submit" class="primary" disabled>
        {primaryLabel(model)}
      </button>
    </form>
  )
}

/** Shown while the bank waits for the customer, who can also enter another card instead. */
function BankConfirmation({ model }: { model: PageModel }) {
  return (
    <section id="bank" hidden={model.state !== 'confirm'}>
      <button type="button" id="confirm" class="primary">
        Confirm with your bank
      </button>
      <button type="button" id="another" class="quiet">
        Use another card
      </button>
    </section>
  )
}

function Progress({ model }: { model: PageModel }) {
  return (
    <section>
      <h2 id="progress-title">Progress</h2>
      <ol id="progress" aria-label="Progress">
        {model.steps
          .filter((step) => step.state !== 'skipped')
          .map((step) => (
            <li data-step={step.name} data-state={step.state}>
              <span>{stepTitle(step.name, model)}</span> <span class="state">{stateWords[step.state]}</span>
            </li>
          ))}
      </ol>
    </section>
  )
}

interface ScriptsProps {
  model: PageModel
  assets: Assets
  loadsVendors: boolean
}

/**
 * The page runs only its own script, which removes the token from the URL and then runs the vendors' scripts. They are
 * preloaded, without `Referer` (Referrer-Policy).
 */
function Scripts({ model, assets, loadsVendors }: ScriptsProps) {
  return (
    <>
      <script type="module" src={assets.script}></script>
      {loadsVendors ? model.gateways.map(({ scriptUrl }) => <link rel="preload" as="script" href={scriptUrl} />) : null}
    </>
  )
}
