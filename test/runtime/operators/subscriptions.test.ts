import { describe, expect, it } from 'vitest'
import { Subscriptions } from '../../../runtime/operators/subscriptions.js'
import { PrefixedStore } from '../../../runtime/state/prefixed-store.js'
import { backings } from '../state/backings.js'
import { bytes, commit, text } from './kernels.js'

describe.each(backings())('subscriptions $name', ({ open }) => {
  it('are those of the right row, by their left keys, with the state in which each subscribed', () => {
    const { backing, after } = open(1)
    const store = new PrefixedStore(1, backing)
    const subscriptions = new Subscriptions(store, text)
    const at = (key: string): Subscriptions => {
      subscriptions.seek(bytes(key), 0, key.length)
      return subscriptions
    }
    const of = (key: string): [unknown, number][] => {
      const found: [unknown, number][] = []
      at(key).first()
      while (subscriptions.next()) found.push([subscriptions.leftKey(), subscriptions.state()])
      return found
    }
    at('r').add('l2', 2)
    at('r').add('l1', 1)
    at('r2').add('l1', 7)
    at('').add('r', 9)
    commit(store.table, after)
    expect(of('r')).toEqual([
      ['l1', 1],
      ['l2', 2],
    ])
    at('r').add('l1', 5)
    at('r').remove('l2')
    at('r').remove('never there')
    commit(store.table, after)
    expect(of('r')).toEqual([['l1', 5]])
    expect(of('r2')).toEqual([['l1', 7]])
    expect(of('')).toEqual([['r', 9]])
    expect(of('other')).toEqual([])
  })
})
