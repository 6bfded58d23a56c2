/** What `millrace init` makes is a project that works. */
import { describe, expect, it } from 'vitest'
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { embeddedServices } from './support/services.js'
import { emptyProject, newProject, projectWithSchemas } from './support/project.js'

const services = embeddedServices()

const node = (cwd: string, ...args: readonly string[]) =>
  spawnSync(process.execPath, args, { cwd, encoding: 'utf8', env: { PATH: process.env['PATH'], NO_COLOR: '1' } })

describe('millrace init', () => {
  it('writes a project and says what is next', async () => {
    await using folder = await emptyProject()
    const { code, stdout, stderr } = await folder.run(['init', 'My Streams!'])
    expect(code).toBe(0)
    expect(stdout).toBe("Next:\n  cd 'My Streams!'\n  npm install\n  npx millrace dev\n")
    expect(stderr).toContain(`9 files in ${folder.path('My Streams!')}`)
    const manifest = JSON.parse(await folder.read('My Streams!/package.json')) as { readonly name: string }
    expect(manifest.name).toBe('my-streams')
  })

  it('--json', async () => {
    await using folder = await emptyProject()
    const { code, data } = await folder.json(['init', 'here'])
    expect(code).toBe(0)
    expect(data).toMatchObject({ folder: folder.path('here') })
    expect(data).toHaveProperty('files', expect.arrayContaining(['pipelines/large-orders.ts', 'package.json']))
  })

  it('overwrites nothing', async () => {
    await using project = await newProject()
    await project.write('README.md', 'mine')
    const { code, stderr } = await project.run(['init'])
    expect(code).toBe(2)
    expect(stderr).toContain('these files would be overwritten: package.json')
    expect(stderr).toContain('help: name a new folder: millrace init my-streams')
    expect(await project.read('README.md')).toBe('mine')
  })

  it('makes types, tests and pipelines that are right', async () => {
    await using project = await projectWithSchemas(services)
    const built = await project.run(['build'])
    expect(built).toMatchObject({ code: 0 })
    const tsc = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url))
    expect(node(project.root, tsc, '-p', '.')).toMatchObject({ status: 0, stdout: '' })
    const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url))
    const tested = node(project.root, vitest, 'run')
    expect(tested.stdout).toContain('1 passed')
    expect(tested.status).toBe(0)
  })
})
