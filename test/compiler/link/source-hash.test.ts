import { expect, test } from 'vitest'
import type { AuthorModule } from '../../../compiler/ir/author-module.js'
import { modulesBehind } from '../../../compiler/link/modules-behind.js'
import { sourceHash } from '../../../compiler/link/source-hash.js'

const module = (path: string, text: string): AuthorModule => ({
  path,
  text,
  imports: [],
  dslCalls: [],
  effects: [],
})
const a = module('/x/a.ts', 'one\ntwo')
const b = module('/x/b.ts', 'three')

test('depends on names, texts and other inputs, not on order, place or ends of lines', () => {
  const hash = sourceHash('/x', [a, b], ['lock'])
  expect(hash).toMatch(/^sha256:[0-9a-f]{64}$/)
  expect(sourceHash('/y', [module('/y/b.ts', 'three'), module('/y/a.ts', 'one\r\ntwo')], ['lock'])).toBe(hash)
  const others = [
    sourceHash('/x', [a, b]),
    sourceHash('/x', [a], ['lock']),
    sourceHash('/x', [a, module('/x/c.ts', 'three')], ['lock']),
    sourceHash('/x', [module('/x/a.ts', 'one\ntwo3'), b], ['lock']),
    sourceHash('/x', [a, b], ['lo', 'ck']),
  ]
  expect(new Set([hash, ...others]).size).toBe(6)
})

test('a pipeline is made of the modules that its file leads to', () => {
  const at = (path: string, ...imports: readonly string[]): AuthorModule => ({ ...module(path, ''), imports })
  const modules = [at('/a', '/b', '/gone'), at('/b', '/c'), at('/c', '/a'), at('/d', '/c')]
  const paths = (file: string): readonly string[] => modulesBehind(modules, file).map(({ path }) => path)
  expect(paths('/a')).toEqual(['/a', '/b', '/c'])
  expect(paths('/d')).toEqual(['/d', '/c', '/a', '/b'])
  expect(paths('/unknown')).toEqual(['/a', '/b', '/c', '/d'])
})
