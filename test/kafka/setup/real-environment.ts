import { inject } from 'vitest'
import type { RealEnvironment } from '../../../scripts/real-kafka/environment.js'
import type {} from './global-setup.js'

/** The broker, registry and tools of this run. Throws in the lane that has none. */
export function realEnvironment(): RealEnvironment {
  const environment = inject('realEnvironment')
  if (environment === undefined) throw new Error('this test belongs to `npm run test:kafka`')
  return environment
}
