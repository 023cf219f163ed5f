import { Layout, NeedsScript, type Assets } from './layout.tsx'
import type { NoticeModel } from './model.ts'
import { noticeOf } from './words.ts'

/** A page without a form: the link expired, was replaced, or never was one. */
export function NoticePage({ model, assets, nonce }: { model: NoticeModel; assets: Assets; nonce: string }) {
  const { title, text, windowTitle } = noticeOf(model)
  return (
    <Layout
      title={windowTitle ?? title}
      brand={model.brand}
      assets={assets}
      nonce={nonce}
      link={model.link}
      restores={model.notice === 'not_found' || model.notice === 'no_token'}
    >
      <h1>{title}</h1>
      <p>{text}</p>
      {model.newLinkPath ? (
        <div id="new-link" data-path={model.newLinkPath}>
          <button type="button" class="primary">
            Ask for a new link
          </button>
          <p role="status"></p>
          <NeedsScript />
        </div>
      ) : null}
      {model.link ? <script type="module" src={assets.script}></script> : null}
    </Layout>
  )
}
