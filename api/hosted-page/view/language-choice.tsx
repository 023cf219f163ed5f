import { languages, type Language } from '../words/languages.ts'

/** Returns what a language is called in it, as at the beginning of a line. */
function nameOf(tag: string): string {
  const name = new Intl.DisplayNames(tag, { type: 'language' }).of(tag)!
  return name.charAt(0).toLocaleUpperCase(tag) + name.slice(1)
}

const names = languages.map(({ tag }) => ({ tag, name: nameOf(tag) }))

/** The languages of the page, each with its own name. The page's script handles the choice. */
export function LanguageChoice({ language }: { language: Language }) {
  return (
    <select id="language" aria-label={language.words.page.language}>
      {names.map(({ tag, name }) => (
        <option value={tag} selected={tag === language.tag}>
          {name}
        </option>
      ))}
    </select>
  )
}
