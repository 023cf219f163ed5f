import { gatewayFacts } from '../../domain/gateways/list.ts'
import { currencies } from '../../domain/payment/currencies.ts'
import { toMajorText } from '../../domain/payment/money.ts'

/** Returns the page docs/currencies.md. `npx vitest run test/domain/payment/money.test.ts -u` writes it. */
export function currencyList(): string {
  const rows = Object.entries(currencies).map(([code, { digits, initial, gateways }]) => {
    const amount = (minor: number | undefined) => (minor === undefined ? '' : toMajorText(minor, code))
    const { stripe, paypal } = gateways
    return [
      code,
      digits,
      amount(initial),
      stripe ? `${amount(stripe.least)}${stripe.leastIsPublished ? '' : ' *'}` : 'no',
      amount(stripe?.largest),
      stripe && stripe.digits !== digits
        ? `${stripe.digits} decimals`
        : stripe && stripe.step > 1
          ? 'last digit 0'
          : '',
      paypal ? (paypal.onlyIn ? `accounts in ${paypal.onlyIn}` : 'yes') : 'no',
      paypal && paypal.digits !== digits ? `${paypal.digits} decimals` : '',
    ]
  })
  return `# Currencies

The ${rows.length} currencies that Stripe or PayPal accepts. The table is generated from
\`domain/payment/currencies.ts\`, and a test compares the two. Amounts are in major units. Among the
doors, only the edge door uses major units; all others use minor units.

- **Initial** is the initial charge if neither the caller nor the organization sets one, and the minimum that a caller
  can request. The settings \`initial_amount\` and \`minimum_initial_amount\` replace it only for customers in the
  organization's own currency.
- **Minimum** and **maximum** always apply, regardless of the settings. If both gateways accept a currency, an amount
  must be valid for both, because the customer can choose either.
- \\* Stripe publishes no minimum: the settled amount must reach the minimum of the settlement currency. Our value is
  about 0.50 USD at exchange rates of late 2026 and is unverified; [going live](going-live.md) has a step to verify it.
- If only one gateway accepts a customer's currency, only that one is offered, and a request for the other is rejected.
- PayPal accepts BRL, CNY and MYR only for accounts in one country. Set \`paypal_account_country\` to offer them there.
- PayPal publishes no minimum and no maximum for orders. An account's own limits appear as declines.

Sources: Stripe <${gatewayFacts.stripe.currencySource}>, PayPal <${gatewayFacts.paypal.currencySource}>.

| code | decimals | initial | Stripe: minimum | Stripe: maximum | Stripe: precision | PayPal | PayPal: precision |
| --- | --- | --- | --- | --- | --- | --- | --- |
${rows.map((row) => `| ${row.join(' | ')} |`).join('\n')}
`
}
