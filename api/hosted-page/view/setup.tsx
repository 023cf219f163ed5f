import { Consent, Summary } from './agreement.tsx'
import { declineSentence, drawnIn, formatDate, stepState, stepTitle, submitLabel } from './states.ts'
import { fill } from '../words/words.ts'
import { BackLink, Layout, NeedsScript, type Assets } from './layout.tsx'
import type { PageModel } from './model.ts'
import { PageDataBlock, pageDataOf } from './page-data.tsx'

/** The hosted page: its purpose, the amount, the form, and the progress. */
export function SetupPage({ model, assets, nonce }: { model: PageModel; assets: Assets; nonce: string }) {
  const { words } = model.language
  const { headline, status } = drawnIn(model)
  const pays = model.state === 'form' || model.state === 'working' || model.state === 'confirm'
  // A customer whom the bank or the gateway returned sees the end there, too.
  const hasEnd = pays || model.state === 'done' || model.state === 'watching' || model.state === 'asked'
  const isRead = model.state === 'done' || model.state === 'active' || model.state === 'suspended'
  return (
    <Layout
      {...model}
      title={headline}
      assets={assets}
      nonce={nonce}
      backUrl={isRead ? null : model.cancelUrl}
      hidesBack={model.state !== 'form' && model.state !== 'confirm' && model.state !== 'watching'}
      hasColumns={pays}
      scripts={<Scripts model={model} assets={assets} preloads={pays} />}
    >
      {model.sandbox ? (
        <p class="badge" id="badge" data-words>
          {words.page.testMode}
        </p>
      ) : null}
      {isRead ? null : <NeedsScript words={words} />}
      <div id="setup" data-state={model.state}>
        <div>
          <h1 id="headline" tabindex={-1}>
            {headline}
          </h1>
          {pays ? <Summary model={model} /> : null}
        </div>
        <div>
          {pays ? <PaymentForm model={model} assets={assets} /> : null}
          <p id="status" role="status">
            {status}
          </p>
          {pays ? <BankConfirmation model={model} /> : null}
          {hasEnd ? <End model={model} /> : null}
          <p id="not-kept" class="small" data-words hidden>
            {words.page.notKept}
          </p>
          {model.state === 'suspended' || model.state === 'active' ? null : <Progress model={model} />}
        </div>
      </div>
    </Layout>
  )
}

/** Message if no gateway accepts a payment method for this account, which the customer cannot fix. */
function NothingOffered({ brand, language, state }: PageModel) {
  return (
    <section id="payment" hidden={state !== 'form'}>
      <p role="alert">{fill(language.words.form.nothingOffered, { brand: brand.name })}</p>
    </section>
  )
}

function alertOf({ decline, isRefused, language: { words } }: PageModel): string {
  if (isRefused) return words.alerts.refused
  return decline ? declineSentence(words, decline) : ''
}

function PaymentForm({ model, assets }: { model: PageModel; assets: Assets }) {
  if (model.gateways.length === 0) return <NothingOffered {...model} />
  const { words } = model.language
  const chosen = model.gateways.find(({ name }) => name === model.gateway)!
  return (
    <form id="payment" hidden={model.state !== 'form'}>
      <div id="inputs">
        <Choices model={model} assets={assets} />
        <div id="card" hidden={chosen.isApprovedThere}>
          <p id="card-loading" class="small" data-words>
            {words.form.loadingCard}
          </p>
          <div id="card-form" aria-busy="true"></div>
        </div>
        <p id="no-card" class="small" data-words>
          {fill(words.summary.noCard, { brand: model.brand.name })}
        </p>
      </div>
      <Consent model={model} />
      <p id="alert" role="alert" tabindex={-1}>
        {alertOf(model)}
      </p>
      <button type="button" id="retry" data-words hidden>
        {words.form.retry}
      </button>
      <div id="submit">
        <button type="submit" class="primary" aria-disabled="true">
          {submitLabel(words, model.price, chosen)}
        </button>
      </div>
      <button type="button" id="give-up" data-words hidden>
        {words.form.anotherMethod}
      </button>
    </form>
  )
}

/** The ways to pay. One alone is no choice. */
function Choices({ model, assets }: { model: PageModel; assets: Assets }) {
  const { form } = model.language.words
  const choices = model.gateways.map(({ name, title, isApprovedThere }) => (
    <label class="choice">
      <input type="radio" name="gateway" value={name} checked={name === model.gateway} />
      <span id={`way-${name}`} data-words>
        {isApprovedThere ? title : form.card}
      </span>
      {isApprovedThere ? <img src={assets.marks[name]} alt="" height={24} /> : null}
    </label>
  ))
  return (
    <fieldset hidden={choices.length === 1}>
      <legend id="ways" data-words>
        {form.paymentMethod}
      </legend>
      {choices}
    </fieldset>
  )
}

/** Shown while the bank waits for the customer, who can also enter another card instead. */
function BankConfirmation({ model }: { model: PageModel }) {
  const { form } = model.language.words
  return (
    <section id="bank" hidden={model.state !== 'confirm'}>
      <button type="button" id="confirm" class="primary" data-words>
        {form.confirm}
      </button>
      {model.gateways.length > 0 ? (
        <button type="button" id="another" data-words>
          {form.anotherCard}
        </button>
      ) : null}
    </section>
  )
}

/** What the customer needs after a completed setup: what was paid, and a way on. */
function End({ model }: { model: PageModel }) {
  const { brand, price, paidAt, refunded, reference, returnTo, language } = model
  const { end } = language.words
  const date = paidAt ? formatDate(paidAt, language.tag) : ''
  const isCharged = price !== null && !model.replacing && (model.state !== 'done' || paidAt !== null)
  return (
    <section id="end" data-words hidden={model.state !== 'done'}>
      {isCharged ? (
        <>
          <p id="receipt">{fill(end.paid, { price, brand: brand.name, date })}</p>
          {refunded ? <p>{end.returned}</p> : null}
          {brand.statementName ? <p>{fill(end.statement, { statement: brand.statementName })}</p> : null}
        </>
      ) : null}
      <p class="small">{fill(end.reference, { reference })}</p>
      {returnTo ? <BackLink id="return" url={returnTo.url} brand={brand.name} words={language.words} /> : null}
      {returnTo?.byItself ? (
        <button type="button" id="stay" hidden>
          {end.stay}
        </button>
      ) : null}
    </section>
  )
}

/** The steps. They are shown from the first submission on. */
function Progress({ model }: { model: PageModel }) {
  const { steps, stepStates } = model.language.words
  const shown = model.steps.flatMap((step) => {
    const title = step.state === 'skipped' ? undefined : stepTitle(step.name, model.language.words, model)
    return title === undefined ? [] : [{ name: step.name, state: stepState(step), title }]
  })
  return (
    <section id="steps" data-words hidden={model.state === 'form' || model.state === 'watching'}>
      <h2>{steps.title}</h2>
      <ol id="progress" role="list" aria-label={steps.title}>
        {shown.map(({ name, state, title }) => (
          <li data-step={name} data-state={state}>
            <span class="title">{title}</span> <span class="state">{stepStates[state]}</span>
          </li>
        ))}
      </ol>
    </section>
  )
}

/**
 * The page runs only its own script, which removes the token from the URL and then runs the vendors' scripts. The one
 * of the payment method that is shown is preloaded, without `Referer` (Referrer-Policy).
 */
function Scripts({ model, assets, preloads }: { model: PageModel; assets: Assets; preloads: boolean }) {
  const shown = preloads ? model.gateways.find(({ name }) => name === model.gateway) : undefined
  return (
    <>
      <PageDataBlock data={pageDataOf(model, assets)} />
      <script type="module" src={assets.script}></script>
      {shown ? <link rel="preload" as="script" href={shown.scriptUrl} /> : null}
    </>
  )
}
