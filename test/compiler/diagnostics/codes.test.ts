import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { codes } from '../../../compiler/diagnostics/codes.js'

const folder = path.resolve('docs/diagnostics')
const pages = fs.readdirSync(folder).filter((file) => /^MR\d{4}\.md$/.test(file))

describe('diagnostic codes', () => {
  it('have a page each, and each page has a code', () => {
    expect(pages.map((file) => file.slice(0, 6)).sort()).toEqual(Object.keys(codes).sort())
  })

  it.each(Object.entries(codes))('%s: the page has its title, an example and a fix', (code, { title }) => {
    const page = fs.readFileSync(path.join(folder, `${code}.md`), 'utf8')
    expect(page).toContain(`# ${code}: ${title}\n`)
    expect(page).toContain('```')
    expect(page).toContain('## Fix\n')
    expect(fs.readFileSync(path.join(folder, 'README.md'), 'utf8')).toContain(`[${code}](${code}.md): ${title}`)
  })

  it('are made by one function each', () => {
    const sources = fs
      .readdirSync('compiler/diagnostics')
      .map((file) => fs.readFileSync(path.join('compiler/diagnostics', file), 'utf8'))
      .join('\n')
    const made = [...sources.matchAll(/make\(\s*'(MR\d{4})'/g)].map(([, code]) => code)
    const thrown = [...fs.readFileSync('dsl/errors.ts', 'utf8').matchAll(/'(MR\d{4})'/g)].map(([, code]) => code)
    expect([...made, ...new Set(thrown)].sort()).toEqual(Object.keys(codes).sort())
  })
})
