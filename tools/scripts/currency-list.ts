import { currencies, currencySources } from '../../domain/payment/currencies.ts'
import { toMajorText } from '../../domain/payment/money.ts'

/** The page docs/currencies.md. `npx vitest run test/domain/payment/money.test.ts -u` writes it. */
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

Every currency that Stripe or PayPal takes, ${rows.length} in all. The table is made from \`domain/payment/currencies.ts\`, and a test compares the two.
Amounts are in major units. Of the doors only the edge door counts so; all others count in minor units.

- **Initial** is the initial charge when neither the caller nor the organization says otherwise, and the least a caller may ask for. The
  settings \`initial_amount\` and \`minimum_initial_amount\` replace it for customers in the organization's own currency only.
- **Least** and **largest** hold always, whatever the settings say. Where a currency is taken by both gateways, an amount must
  suit both, as the customer may choose either.
- \\* Stripe publishes no least amount: what it settles must reach the least of the settlement currency. Ours is about 0.50 USD
  at rates of late 2026 and unverified; [going live](going-live.md) has the step that tries it.
- A customer whose currency only one gateway takes is offered that one only, and asking for the other is refused.
- PayPal takes BRL, CNY and MYR for accounts of one country only. Set \`paypal_account_country\` to offer it there.
- PayPal publishes no least and no largest amount for orders. An account's own limits are seen as declines.

Sources: Stripe <${currencySources.stripe}>, PayPal <${currencySources.paypal}>.

| code | decimals | initial | Stripe: least | Stripe: largest | Stripe: counts in | PayPal | PayPal: counts in |
| --- | --- | --- | --- | --- | --- | --- | --- |
${rows.map((row) => `| ${row.join(' | ')} |`).join('\n')}
`
}
