import { fill } from '../words/words.ts'
import { noticeOf } from './states.ts'
import { Layout, NeedsScript, type Assets } from './layout.tsx'
import type { NoticeModel } from './model.ts'
import { noticeDataOf, PageDataBlock } from './page-data.tsx'

/** A page without a form: the link expired, was replaced, or never was one. */
export function NoticePage({ model, assets, nonce }: { model: NoticeModel; assets: Assets; nonce: string }) {
  const { words } = model.language
  const { title, text } = noticeOf(model, words)
  // The page that follows is another one, so this title would flash.
  const windowTitle = model.notice === 'no_token' ? words.headlines.setUp : title
  return (
    <Layout
      {...model}
      title={windowTitle}
      assets={assets}
      nonce={nonce}
      scripts={model.link ? <Scripts model={model} assets={assets} /> : null}
      backUrl={model.backUrl}
      restores={model.notice === 'not_found' || model.notice === 'no_token'}
    >
      {model.sandbox ? <p class="badge">{words.page.testMode}</p> : null}
      <h1>{title}</h1>
      <p>{text}</p>
      {model.newLinkPath ? (
        <div id="new-link" data-path={model.newLinkPath}>
          <button type="button" class="primary" hidden={model.newLinkAsked}>
            {words.newLink.ask}
          </button>
          <p role="status">{model.newLinkAsked ? fill(words.newLink.asked, { brand: model.brand?.name ?? '' }) : ''}</p>
          <NeedsScript words={words} />
        </div>
      ) : null}
    </Layout>
  )
}

function Scripts({ model, assets }: { model: NoticeModel; assets: Assets }) {
  return (
    <>
      <PageDataBlock data={noticeDataOf(model, assets)} />
      <script type="module" src={assets.script}></script>
    </>
  )
}
