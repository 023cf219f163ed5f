import { gapAfter, consentSentences, laterSentence, linkParts, type Sentence } from './consent.ts'
import { Contacts, NewTab } from './layout.tsx'
import type { PageModel } from './model.ts'
import { todaySentence } from './states.ts'
import { fill } from '../words/words.ts'

// What the customer agrees to: the prices at the top of the page, and the consent at its button.

/** What the payment method is for, what is charged now and later, and how to stop that. */
export function Summary({ model }: { model: PageModel }) {
  const { brand, itemName, agreement, language } = model
  const { summary } = language.words
  const purpose = model.replacing ? summary.replace : itemName ? fill(summary.addFor, { item: itemName }) : summary.add
  const { company, price, refunded } = agreement
  const hasContact = brand.support.length > 0 || brand.supportPhone
  return (
    <div id="summary" data-words hidden={model.state === 'working'}>
      <p>{purpose}</p>
      <dl>
        <dt>{summary.today}</dt>
        <dd>
          <strong id="today">{todaySentence(language.words, price)}</strong>{' '}
          <span id="today-why" hidden={price === null}>
            {summary.once}
            {gapAfter(summary.once)}
            {refunded ? summary.returned : fill(summary.kept, { company })}
          </span>
        </dd>
        <dt>{summary.later}</dt>
        <dd>{laterSentence(language.consent, agreement)}</dd>
        <dt>{summary.stop}</dt>
        <dd>{hasContact ? <Contacts brand={brand} /> : fill(summary.stopAsk, { company })}</dd>
      </dl>
    </div>
  )
}

/** The sentences at the button. By the setting, the customer must check a box. */
export function Consent({ model }: { model: PageModel }) {
  const { consent, agreement, language } = model
  const sentences = consentSentences(language.consent, consent.way, agreement).map((sentence, index) => (
    <Said sentence={sentence} id={index === 1 ? 'consent-now' : undefined} />
  ))
  if (consent.way === 'text')
    return (
      <p id="consent" class="small" data-words>
        {sentences}
      </p>
    )
  return (
    <div id="consent" class="small" data-words>
      <label>
        <input type="checkbox" id="agree" aria-required="true" aria-describedby="agree-missing" /> {sentences}
      </label>
      <p id="agree-missing" role="alert" hidden>
        {language.words.alerts.agree}
      </p>
    </div>
  )
}

function Said({ sentence: { text, url }, id }: { sentence: Sentence; id: string | undefined }) {
  const gap = gapAfter(text)
  if (!url)
    return (
      <>
        {id ? <span id={id}>{text}</span> : text}
        {gap}
      </>
    )
  const [before, link, after] = linkParts(text)
  return (
    <>
      {before}
      <NewTab url={url} text={link} />
      {after}
      {gap}
    </>
  )
}
