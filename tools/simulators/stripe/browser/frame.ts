import { readFileSync } from 'node:fs'
import type { SimulatorApp } from '../../listen.ts'

const files: Record<string, { file: string; type: string }> = {
  '/stripe.js': { file: 'stripe.js', type: 'text/javascript; charset=utf-8' },
  '/card-form': { file: 'card-form.html', type: 'text/html; charset=utf-8' },
  '/card-form.js': { file: 'card-form.js', type: 'text/javascript; charset=utf-8' },
  '/challenge': { file: 'challenge.html', type: 'text/html; charset=utf-8' },
  '/challenge.js': { file: 'challenge.js', type: 'text/javascript; charset=utf-8' },
  '/card-form.css': { file: 'card-form.css', type: 'text/css; charset=utf-8' },
}

/** Serves the simulated Stripe.js and the frames that it shows from this origin: the card form and the bank's page. */
export function addFrame(app: SimulatorApp): void {
  for (const [path, { file, type }] of Object.entries(files)) {
    app.get(path, (c) =>
      c.body(readFileSync(new URL(`./${file}`, import.meta.url), 'utf8'), 200, {
        'Content-Type': type,
        'Cache-Control': 'no-store',
      }),
    )
  }
}
