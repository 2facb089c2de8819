import type { Notification } from '../events/wire/notification.js'

/** Hands each notification on once: the last `remembered` ids are known, the oldest is forgotten first. */
export const notifications = (remembered: number, onNotification: (notification: Notification) => void) => {
  const known = new Set<string>()
  return (notification: Notification): void => {
    if (known.has(notification.id)) return
    known.add(notification.id)
    for (const oldest of known) {
      if (known.size <= remembered) break
      known.delete(oldest)
    }
    onNotification(notification)
  }
}
