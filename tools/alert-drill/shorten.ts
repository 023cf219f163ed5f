import type { RuleFile } from './monitoring.ts'

const milliseconds = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Thresholds of at least this are seconds: for how long something may be late. Others are counts, shares and rates. */
const leastSeconds = 100

/**
 * Divides every duration of the rules by a factor: `for`, the ranges and offsets of expressions, and thresholds in
 * seconds, as if all waits were that much shorter. Counts, shares, rates and the duration of one call stay.
 */
export function shortenRules({ groups }: RuleFile, factor: number): RuleFile {
  const duration = (text: string) =>
    text.replace(/(\d+)([smhd])/g, (_, count: string, unit: keyof typeof milliseconds) => {
      return `${Math.round((Number(count) * milliseconds[unit]) / factor)}ms`
    })
  const expression = (expr: string) =>
    expr
      .replace(/\[\d+[smhd]\]|\boffset \d+[smhd]/g, duration)
      .replace(/(?<=[<>]=? |\* )\d+\b(?!\.)/g, (number) =>
        Number(number) >= leastSeconds ? String(Number(number) / factor) : number,
      )
  return {
    groups: groups.map((group) => ({
      ...group,
      rules: group.rules.map((rule) => ({
        ...rule,
        expr: expression(rule.expr),
        ...(rule.for ? { for: duration(rule.for) } : {}),
      })),
    })),
  }
}
