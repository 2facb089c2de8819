import { describe, expect, it } from 'vitest'
import type { Notification } from '../events/wire/notification.js'
import { notifications } from './notifications.js'

describe('M3: notifications in the client', () => {
  it('each id once; of those beyond the bound the oldest is forgotten', () => {
    const heard: string[] = []
    const take = notifications(2, ({ id }) => { heard.push(id) })
    for (const id of ['a', 'b', 'a', 'b', 'c', 'b', 'c', 'a']) take({ id } as Notification)
    expect(heard).toEqual(['a', 'b', 'c', 'a'])
  })
})
