/**
 * Notices of users' status to their friends. Start at {@link io.scarfall.gateway.internal.notice.FriendNotifier}, which
 * finds the friends. {@link io.scarfall.gateway.internal.notice.NoticeSender} sends a notice to their devices on any
 * node. {@link io.scarfall.gateway.internal.notice.NoticeRepair} corrects what was lost while the store was in doubt.
 */
@NullMarked
package io.scarfall.gateway.internal.notice;

import org.jspecify.annotations.NullMarked;
