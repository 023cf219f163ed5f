import { withoutCardNumber } from '../domain/text/card-numbers.ts'

/** Shorter texts, such as `crm`, occur in any response. */
const least = { whole: 4, part: 6 }

/** Returns the password of a Basic credential, which some servers show decoded. */
function passwordIn(value: string): string[] {
  const [, encoded] = /^Basic\s+(\S+)$/i.exec(value) ?? []
  return encoded === undefined
    ? []
    : [
        Buffer.from(encoded, 'base64')
          .toString()
          .replace(/^[^:]*:/, ''),
      ]
}

/** Returns what to remove, longest first. Runs of letters and digits stay the same in JSON, HTML and URLs. */
function textsOf(secrets: readonly string[]): string[] {
  const whole = secrets.flatMap((secret) => [secret, ...secret.split(/\s+/), ...passwordIn(secret)])
  const parts = whole.flatMap((text) => text.split(/[^A-Za-z0-9]+/)).filter((part) => part.length >= least.part)
  const texts = new Set([...whole.filter((text) => text.length >= least.whole), ...parts])
  return [...texts].sort((one, other) => other.length - one.length)
}

/** Returns the length of the start of a secret with which a text ends, because the rest of it was not read. */
function cutAtEnd(text: string, secrets: readonly string[]): number {
  const lengthOf = (secret: string) => {
    let length = Math.min(secret.length - 1, text.length)
    while (length >= least.whole && !text.endsWith(secret.slice(0, length))) length--
    return length < least.whole ? 0 : length
  }
  return Math.max(0, ...secrets.map(lengthOf))
}

/**
 * Returns the response of a receiver as it may be stored and shown: without the endpoint's header values and secrets,
 * which some servers repeat in their error pages, and without card numbers.
 */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  const texts = textsOf(secrets)
  const rest = texts.reduce((shown, secret) => shown.replaceAll(secret, '…'), text)
  const cut = cutAtEnd(rest, texts)
  return withoutCardNumber(cut === 0 ? rest : `${rest.slice(0, -cut)}…`)
}
