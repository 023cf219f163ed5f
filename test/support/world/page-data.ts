import type { PageData } from '../../../api/hosted-page/view/model.ts'

/** Returns the data for the page's script in the HTML of a hosted page. */
export function pageDataIn(html: string): PageData {
  const found = /<script type="application\/json" id="page-data">(.*?)<\/script>/s.exec(html)
  if (!found) throw new Error('the page has no data for its script')
  return JSON.parse(found[1]!) as PageData
}
