import { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { Failure, invalid } from '../../domain/failures.ts'
import { NoticePage } from '../../page/notice.tsx'
import { SetupPage } from '../../page/setup.tsx'
import { requestNewLink } from '../../store/request-new-link.ts'
import { lowerWake } from '../../store/wake.ts'
import { limitBody } from '../body.ts'
import { deadline } from '../deadline.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { asFailure } from '../failures.ts'
import { httpStatus } from '../http-status.ts'
import { reportBug } from '../report-bug.ts'
import { runOf } from '../services/open-onboarding.ts'
import type { LinkPurpose } from '../services/setup-link.ts'
import { serveAssets } from './assets.ts'
import { getProgress, postActionCompleted, postNewLink, postSetupCompleted } from './calls.ts'
import { setPageHeaders, setPrivateHeaders } from './headers.ts'
import { openLink, type LinkPath, type OpenedLink } from './link.ts'
import { noticeModel, pageModel, pageProgress, sidesOf } from './page-model.ts'
import { acceptSubmission } from './submission.ts'

interface PageEnv {
  Variables: { link: OpenedLink }
}

const path = '/public/edge/setup-billing/:brand_id/:org_id/:bc_id'

/** The hosted page and its calls. The link's token is the only credential: no cookies, no keys. */
export function hostedPage(d: ApiDependencies): OpenAPIHono<PageEnv> {
  const app = new OpenAPIHono<PageEnv>({ defaultHook: refuseInvalid })
  app.onError((error, c) => pageError(d, error, c))
  for (const guarded of [path, `${path}/:call`]) app.use(guarded, deadline, limitBody)
  addPage(app, d)
  // Before anything is said of a body: without a genuine link every call answers the same.
  app.use(`${path}/:call`, async (c, next) => {
    c.set('link', await requireLink(d, c))
    await next()
  })

  app.openapi(getProgress, async (c) => {
    const link = c.get('link')
    return c.json(pageProgress(d, link), isGone(link) ? 410 : 200)
  })

  app.openapi(postSetupCompleted, async (c) => {
    const link = c.get('link')
    if (isGone(link)) return c.json(pageProgress(d, link), 410)
    const accepted = await acceptSubmission(d, link, c.req.valid('json'))
    if ('retryAfter' in accepted) c.header('Retry-After', String(accepted.retryAfter))
    return c.json(pageProgress(d, await requireLink(d, c)), accepted.status)
  })

  app.openapi(postActionCompleted, async (c) => {
    const link = c.get('link')
    if (isGone(link)) return c.json(pageProgress(d, link), 410)
    if (await lowerWake(d.database, link.onboarding.id)) d.runs.wake(runOf(link), 'actionCompleted')
    return c.json(pageProgress(d, link), 202)
  })

  app.openapi(postNewLink, async (c) => {
    const link = c.get('link')
    if (link.standing !== 'expired') throw new Failure('conflict', 'this link has not expired')
    await requestNewLink(d.database, link.onboarding)
    return c.json({ requested: true as const }, 202)
  })
  return app
}

function addPage(app: OpenAPIHono<PageEnv>, d: ApiDependencies): void {
  const assets = serveAssets((path, type, text) =>
    app.get(path, (c) =>
      c.body(text, 200, { 'Content-Type': type, 'Cache-Control': 'public, max-age=31536000, immutable' }),
    ),
  )
  app.get(path, async (c) => {
    const link = await open(d, c, ['setup', 'progress'])
    const sides = link ? sidesOf(d, link).map(({ side }) => side) : []
    const nonce = setPageHeaders(c, {
      sides,
      logoUrl: link?.brand.logoUrl ?? null,
      embedOrigins: link?.settings.embedOrigins ?? [],
    })
    if (!link) {
      const model = { brand: null, notice: 'not_found' as const, newLinkPath: null }
      return c.html(<NoticePage model={model} assets={assets} nonce={nonce} />, 404)
    }
    if (isGone(link)) return c.html(<NoticePage model={noticeModel(link)} assets={assets} nonce={nonce} />, 410)
    const model = await pageModel(d, link, c.req.header('Accept-Language'))
    return c.html(<SetupPage model={model} assets={assets} nonce={nonce} />)
  })
}

/** Over and not well over, or of no use any more. */
const isGone = ({ standing, onboarding }: OpenedLink) =>
  standing === 'expired' || standing === 'replaced' || (standing === 'over' && onboarding.result !== 'completed')

type PageContext = Context<PageEnv>

function open(d: ApiDependencies, c: PageContext, purposes: LinkPurpose[]): Promise<OpenedLink | undefined> {
  return openLink(d, c.req.param() as unknown as LinkPath, c.req.query('token'), purposes)
}

/** What we hand to vendors as return address opens the progress, and nothing that changes anything. */
const purposesOf: Record<string, LinkPurpose[]> = {
  progress: ['setup', 'progress'],
  'action-completed': ['setup', 'progress'],
}

async function requireLink(d: ApiDependencies, c: PageContext): Promise<OpenedLink> {
  setPrivateHeaders(c)
  const link = await open(d, c, purposesOf[c.req.param('call') ?? c.req.path.split('/').at(-1)!] ?? ['setup'])
  if (!link) throw new Failure('not_found', 'there is nothing here')
  return link
}

type HookResult = Parameters<NonNullable<NonNullable<ConstructorParameters<typeof OpenAPIHono>[0]>['defaultHook']>>[0]

function refuseInvalid(result: HookResult): void {
  if (result.success) return
  const [issue] = result.error.issues
  if (issue!.code === 'unrecognized_keys') throw invalid(String(issue!.keys[0]), 'is not a field of this call')
  throw invalid(issue!.path.join('.') || 'body', issue!.message)
}

function pageError(d: ApiDependencies, error: unknown, c: Context) {
  setPrivateHeaders(c)
  const failure = asFailure(error)
  if (!failure)
    return c.json(
      { error: { code: 'internal', message: 'something went wrong here', param: reportBug(d.log, c, error) } },
      500,
    )
  if (failure.retryAfter !== undefined) c.header('Retry-After', String(failure.retryAfter))
  return c.json(
    { error: { code: failure.code, message: failure.message, ...(failure.param ? { param: failure.param } : {}) } },
    httpStatus[failure.code],
  )
}
