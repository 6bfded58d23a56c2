/** What executors make of the options of an application: when batches wait for more records. */
import { expect, it } from 'vitest'
import { readSettings, type AppSettings } from '../../runtime/config.js'
import { executorOptions } from '../../runtime/executor-settings.js'

const lingerOf = (options: AppSettings) => {
  const settings = readSettings({ kafka: { brokers: ['a:1'] }, ...options }, {})
  const place = { applicationId: 'app', processId: 'p', index: 0, stateDirectory: undefined }
  const { lingerMs, lingersOnlyBehind } = executorOptions(settings, place)
  return { lingerMs, lingersOnlyBehind }
}

it('batches wait only behind others, unless they are told how long', () => {
  expect(lingerOf({})).toEqual({ lingerMs: 5, lingersOnlyBehind: true })
  expect(lingerOf({ produce: { linger: 20 } })).toEqual({ lingerMs: 20, lingersOnlyBehind: false })
  expect(lingerOf({ produce: { linger: 0 } })).toEqual({ lingerMs: 0, lingersOnlyBehind: false })
})

it('batches of a transaction wait: nobody sees them before its end', () => {
  expect(lingerOf({ guarantee: 'exactly_once' })).toEqual({ lingerMs: 5, lingersOnlyBehind: false })
})
