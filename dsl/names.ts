/** Names that end up in Kafka: topics, consumer groups, prefixes of internal topics. */
import { PipelineError } from './errors.js'
import type { CallSite } from './model/call-site.js'

const legal = /^[a-zA-Z0-9._-]{1,249}$/

/** Kafka's own rule for topic names. */
export function checkTopicName(name: unknown, site: CallSite | undefined): string {
  return checkName(name, 'topic', 249, site)
}

/** Names of pipelines and operators become parts of names of internal topics, which need room for a suffix. */
export function checkName(
  name: unknown,
  what: 'pipeline' | 'application' | 'operator' | 'topic' | 'store' | 'timer' | 'output',
  longest: number,
  site: CallSite | undefined,
): string {
  if (typeof name === 'string' && legal.test(name) && name.length <= longest && name !== '.' && name !== '..')
    return name
  const shown = typeof name === 'string' ? JSON.stringify(name) : `a value of type ${typeof name}`
  throw new PipelineError('MR1209', `${shown} is not a name for ${what === 'topic' ? 'a topic' : `this ${what}`}`, {
    site,
    help: `use 1 to ${longest} letters, digits, '.', '_' and '-'`,
  })
}
