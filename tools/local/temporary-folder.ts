import { chmodSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A new folder that other accounts can enter: as root, PostgreSQL runs as one of them. */
export function temporaryFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `billing-onboarding-${name}-`))
  chmodSync(folder, 0o755)
  return folder
}
