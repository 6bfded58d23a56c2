import { describe, expect, it } from 'vitest'
import { compareKeys } from '../../compiler/interpret/state/key-bytes.js'

describe('order of keys', () => {
  it('is that of the bytes of texts, and a text stands before what continues it', () => {
    const sorted = ['', '\u0001', ' ', '!', '"', 'a', 'a b', 'a!', 'ab', 'é', '漢']
    expect(sorted.toReversed().toSorted(compareKeys)).toEqual(sorted)
  })
})
