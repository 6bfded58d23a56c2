/** `millrace.config.ts`, as the application gets it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { appSettings } from '../../cli/app-settings.js'
import { loadProject } from '../../cli/config-file.js'
import { readSettings } from '../../runtime/config.js'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-config-'))
})
afterAll(() => rm(folder, { recursive: true }))

const configured = async (text: string): Promise<ReturnType<typeof appSettings>> => {
  await writeFile(join(folder, 'millrace.config.ts'), `export default ${text}\n`)
  return appSettings(await loadProject(folder))
}

it('gives the application everything that it takes', async () => {
  const settings = await configured(`{
    kafka: { brokers: ['a:1'] },
    guarantee: 'exactly_once',
    state: { directory: 'data', snapshotInterval: 1000 },
    produce: { compression: 'lz4' },
    fetch: { rack: 'r' },
    onUncaughtError: 'replace_worker',
  }`)
  expect(readSettings(settings, {})).toMatchObject({
    kafka: { brokers: ['a:1'] },
    guarantee: 'exactly_once',
    commitInterval: 100,
    state: { directory: join(folder, 'data'), snapshotInterval: 1000 },
    produce: { compression: 'lz4', batchBytes: 262_144 },
    fetch: { rack: 'r', maxWait: 500 },
    onUncaughtError: 'replace_worker',
  })
})

it('leaves the state beside the file, and the environment has the last word', async () => {
  const settings = await configured(`{ kafka: { brokers: ['a:1'] } }`)
  expect(readSettings(settings, {}).state.directory).toBe(join(folder, '.millrace/state'))
  const variables = { MILLRACE_STATE_DIRECTORY: '/elsewhere', MILLRACE_COMPRESSION: 'zstd' }
  const found = readSettings(settings, { ...variables, MILLRACE_AUTO_OFFSET_RESET: 'latest' })
  expect(found.state.directory).toBe('/elsewhere')
  expect(found.produce).toMatchObject({ compression: 'zstd', batchBytes: 262_144 })
  expect(found.autoOffsetReset).toBe('latest')
})

it('refuses what it does not know, with its path', async () => {
  await expect(configured(`{ produce: { lingerr: 5 } }`)).rejects.toThrow('produce.lingerr')
  await expect(configured(`{ state: '.millrace' }`)).rejects.toThrow('state')
})
