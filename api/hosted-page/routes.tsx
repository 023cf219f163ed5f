import { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { compress } from 'hono/compress'
import { Failure } from '../../domain/failure/failures.ts'
import { returnPagePath } from '../../domain/onboarding/return-page.ts'
import type { Assets } from './view/layout.tsx'
import { marksWith } from './view/marks.ts'
import { styleSheet } from './view/tokens.ts'
import { resumeName } from './view/resume-address.ts'
import type { NoticeOfNobody } from '../../domain/tenant/page-previews.ts'
import { own } from '../../domain/text/own.ts'
import { languageFor } from './language.ts'
import { NoticePage } from './view/notice.tsx'
import { SetupPage } from './view/setup.tsx'
import { serveAsset } from '../assets/serve-asset.ts'
import { hasBody, limitFormBody, readJsonObject } from '../call/body.ts'
import { hashAddress } from '../call/limits/client-address.ts'
import { deadline } from '../call/deadline.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { asFailure } from '../errors/failures.ts'
import { toRefusal } from '../errors/refusal.ts'
import { reportBug } from '../errors/report-bug.ts'
import { runOf } from '../setup/open-onboarding.ts'
import type { LinkPurpose } from '../setup-links.ts'
import { throwWrongFields } from '../errors/wrong-fields.ts'
import { submitApproved } from '../setup/approval.ts'
import {
  getProgress,
  holdOf,
  postActionCompleted,
  postNewLink,
  postPaymentSession,
  postSetupCompleted,
} from './calls.ts'
import { serveEmbedScript } from './embed-script.ts'
import { setLinkHeader, setPageHeaders, setPrivateHeaders } from './headers.ts'
import { createHeldCalls, type HeldCalls } from './held-calls.ts'
import { holdProgress, isHeld, readProgress } from './held-progress.ts'
import { openLink, type LinkPath, type OpenedLink } from '../setup/opened-link.ts'
import { noticeModel, noticeOfNobody } from './notice-model.ts'
import { loadedSides, pageModel, pageProgress, type LoadedSides } from './page-model.ts'
import { isExhausted, isGone } from './usable-link.ts'
import { acceptSubmission, answerTo, openPageApproval, type SubmissionAnswer } from './submission.ts'
import { makeRunDueUnderLock } from '../../store/onboardings/wake.ts'
import { isLatePaymentReturned } from '../../store/charges/charges.ts'
import { isNewLinkRequested, requestNewLink } from '../../store/onboardings/setup-links.ts'

interface PageEnv {
  Variables: { link: OpenedLink }
}

const base = '/public/edge/setup-billing'
const path = `${base}/:brand_id/:org_id/:bc_id` as const

/** Returns the hosted page and its calls. The link's token is the only credential: no cookies, no API keys. */
export function hostedPage(d: ApiDependencies): OpenAPIHono<PageEnv> {
  const app = new OpenAPIHono<PageEnv>({ defaultHook: throwWrongFields })
  for (const guarded of [path, `${path}/:call`]) app.use(guarded, deadline(d), limitFormBody)
  // A compressed page would tell its length, and so its secrets, only to somebody who can both make a browser load it
  // and choose a part of it (BREACH). Its token is not in a cookie, and nothing of a request is in the page.
  for (const compressible of [path, `${path}/${resumeName}`, returnPagePath]) app.use(compressible, compress())
  const showUnavailable = addPage(app, d)
  serveEmbedScript(app)
  app.onError((error, c) => {
    const code = asFailure(error)?.code
    const isForPeople = isPage(c) ? code !== 'too_large' : code === 'not_found' && isOpenedInBrowser(c)
    return isForPeople ? showUnavailable(error, c) : pageError(d, error, c)
  })
  // Before the body is checked: without a valid link, every call returns the same response.
  let held: HeldCalls | undefined
  app.use(`${path}/:call`, async (c, next) => {
    // A call that waits opens its link when it reads.
    if (!isHeld(c)) c.set('link', await requireLink(d, c))
    if (hasBody(c)) await readJsonObject(c)
    await next()
  })

  app.openapi(getProgress, async (c) => {
    const hold = holdOf(c.req.query())
    const read = async () => readProgress(d, hold ? await requireLink(d, c) : c.get('link'))
    const answer = hold ? await holdProgress((held ??= createHeldCalls(d.changes)), c, hold, read) : await read()
    if (answer) return c.json(answer.progress, answer.status)
    setPrivateHeaders(c)
    return c.body(null, 204)
  })

  app.openapi(postSetupCompleted, async (c) => {
    const link = c.get('link')
    if (isGone(link)) return c.json(await pageProgress(d, link), 410)
    const answer = await acceptSubmission(d, link, c.req.valid('json'), hashAddress(c, d))
    return c.json(await submissionProgress(d, c, answer), answer.status)
  })

  app.openapi(postPaymentSession, async (c) => {
    const link = c.get('link')
    if (isGone(link)) return c.json(await pageProgress(d, link), 410)
    const approval = await openPageApproval(d, link, c.req.valid('json'), hashAddress(c, d))
    if ('refusal' in approval) return c.json(await submissionProgress(d, c, approval), approval.status)
    return c.json(approval, 200)
  })

  app.openapi(postActionCompleted, async (c) => {
    const link = c.get('link')
    if (isGone(link)) return c.json(await pageProgress(d, link), 410)
    const submitted = await submitApproved(d, link, hashAddress(c, d))
    const isDue = await makeRunDueUnderLock(d.database, link.onboarding)
    // Beyond the limit the run dispatcher signals the run, within seconds and for all these calls at once.
    if (isDue && d.state.maySignalRun(link.onboarding.onboardingId)) d.runs.signal(runOf(link), 'actionCompleted')
    const answer = submitted ? answerTo(submitted) : ({ status: 202 } as const)
    return c.json(await submissionProgress(d, c, answer), answer.status)
  })

  app.openapi(postNewLink, async (c) => {
    const link = c.get('link')
    if (link.standing !== 'expired' && !isExhausted(link))
      throw new Failure('conflict', 'this link is still valid', { conflict: 'link_usable' })
    await requestNewLink(d.database, link.onboarding)
    return c.json({ requested: true as const }, 202)
  })
  // A path that is not a link returns the same as an unknown link.
  app.all(`${base}/*`, () => {
    throw nothingHere()
  })
  return app
}

const nothingHere = () => new Failure('not_found', 'this path does not exist')

/** Returns whether a call is for the page itself, not for one of its calls or files. */
const isPage = (c: Context) => c.req.method === 'GET' && c.req.path.split('/').length === path.split('/').length

/** Whether a person opens a path that is neither the page nor its progress, which is always JSON. */
const isOpenedInBrowser = (c: Context) =>
  c.req.method === 'GET' &&
  !c.req.path.endsWith('/progress') &&
  (c.req.header('Accept') ?? '').toLowerCase().includes('text/html')

const noSides: LoadedSides = { sides: [], confirming: [] }

/** Serves the page. Returns an error handler that shows a page for people. */
function addPage(app: OpenAPIHono<PageEnv>, d: ApiDependencies) {
  const assets = {
    style: serveAsset(app, 'page.css', { make: styleSheet }),
    script: serveAsset(app, 'browser.js'),
    framed: serveAsset(app, 'framed.js'),
    language: serveAsset(app, 'language.js'),
    restore: serveAsset(app, 'restore.js'),
    wallets: serveAsset(app, 'wallets.js'),
    oldBrowser: serveAsset(app, 'old-browser.js', { make: (text) => text.replace(/^\/\/.*\n/gm, '') }),
    icon: serveAsset(app, 'icon.svg'),
    marks: marksWith((file) => serveAsset(app, file)),
  }
  const notices = noticesOfNobody(assets)
  app.get(path, async (c) => {
    const link = await open(d, c, ['setup', 'progress'])
    // A page without a form loads nothing of a gateway.
    const loaded = link && !isGone(link) && !isExhausted(link) ? await loadedSides(d, link) : noSides
    const sides = loaded.sides.map(({ side }) => side)
    const nonce = setPageHeaders(c, {
      sides: [...sides, ...loaded.confirming.map(({ side }) => side)],
      logoUrls: link ? [link.brand.logoUrl, link.brand.logoDarkUrl] : [],
      // A reload in a frame comes here first. This page has nothing to protect.
      embedOrigins: link?.settings.embedOrigins ?? 'any',
    })
    const language = languageFor(c, link)
    if (!link) return c.html(notices(c, 'not_found'), 404)
    if (isGone(link) || isExhausted(link)) {
      const [newLinkAsked, paidLate] = await Promise.all([
        isNewLinkRequested(d.database, link.onboarding),
        isLatePaymentReturned(d.database, link.onboarding.onboardingId),
      ])
      const model = noticeModel(link, language, { newLinkAsked, paidLate })
      return c.html(<NoticePage model={model} assets={assets} nonce={nonce} />, isGone(link) ? 410 : 200)
    }
    const model = { ...(await pageModel(d, link, language, loaded)), isRefused: c.req.query('refused') !== undefined }
    setLinkHeader(c, assets.script, model.state === 'form' ? sides : [])
    return c.html(<SetupPage model={model} assets={assets} nonce={nonce} />)
  })
  // As some programs and people write the link. Relative, in case a proxy serves this under a path.
  app.get(`${path}/`, (c) => {
    setPrivateHeaders(c)
    // As encoded in the URL. Hono decodes `c.req.path`, and a header cannot contain control characters.
    const { pathname, search } = new URL(c.req.url)
    return c.redirect(`../${pathname.split('/').at(-2)}${search}`, 308)
  })
  // The same for every link, without a lookup: only the tab knows whether it stores a token.
  app.get(`${path}/${resumeName}`, (c) => {
    setPageHeaders(c, { sides: [], logoUrls: [], embedOrigins: 'any' })
    return c.html(notices(c, 'no_token'))
  })
  app.get(returnPagePath, (c) => {
    setPageHeaders(c, { sides: [], logoUrls: [], embedOrigins: [] })
    return c.html(notices(c, 'returned'))
  })
  return (error: unknown, c: Context) => {
    const failure = asFailure(error)
    if (!failure) reportBug(d.log, c, error)
    // The URL lacks one of its ids, so a retry does not help.
    if (failure?.code === 'not_found') {
      setPageHeaders(c, { sides: [], logoUrls: [], embedOrigins: 'any' })
      return c.html(notices(c, 'not_found'), 404)
    }
    // A frame would otherwise show the browser's error, which says nothing of a later try.
    setPageHeaders(c, { sides: [], logoUrls: [], embedOrigins: 'any' })
    c.header('Retry-After', '5')
    return c.html(notices(c, 'unavailable'), 503)
  }
}

/** Returns the notices without a brand, each rendered once. Without a brand's color, no style needs a nonce. */
function noticesOfNobody(assets: Assets) {
  const rendered = new Map<string, string>()
  return (c: Context, notice: NoticeOfNobody): string => {
    const language = languageFor(c)
    const key = `${language.tag} ${notice}`
    const model = noticeOfNobody(language, notice)
    if (!rendered.has(key)) rendered.set(key, String(<NoticePage model={model} assets={assets} nonce="" />))
    return rendered.get(key)!
  }
}

type PageContext = Context<PageEnv>

function open(d: ApiDependencies, c: PageContext, purposes: LinkPurpose[]): Promise<OpenedLink | undefined> {
  const token = c.req.header('Setup-Token') ?? c.req.query('token')
  return openLink(d, c.req.param() as unknown as LinkPath, token, purposes)
}

/** Purposes of tokens that a call accepts. The token of a return URL opens the progress and changes nothing. */
const purposesOf: Record<string, LinkPurpose[]> = {
  progress: ['setup', 'progress'],
  'action-completed': ['setup', 'progress'],
}

async function requireLink(d: ApiDependencies, c: PageContext): Promise<OpenedLink> {
  setPrivateHeaders(c)
  const call = c.req.param('call') ?? c.req.path.split('/').at(-1)!
  const link = await open(d, c, own(purposesOf, call) ?? ['setup'])
  if (!link) throw nothingHere()
  return link
}

/** Returns the progress after a submission, with the reason if it was not accepted, and sets `Retry-After`. */
async function submissionProgress(d: ApiDependencies, c: PageContext, answer: SubmissionAnswer) {
  if ('retryAfter' in answer) c.header('Retry-After', String(answer.retryAfter))
  const progress = await pageProgress(d, await requireLink(d, c))
  return 'refusal' in answer ? { ...progress, refusal: answer.refusal } : progress
}

function pageError(d: ApiDependencies, error: unknown, c: Context) {
  setPrivateHeaders(c)
  const { code, status, message, fields, reportedAs } = toRefusal(d.log, c, error)
  const param = fields[0]?.param ?? reportedAs
  const text = reportedAs ? 'something went wrong here' : message
  return c.json({ error: { code, message: text, ...(param ? { param } : {}) } }, status)
}
