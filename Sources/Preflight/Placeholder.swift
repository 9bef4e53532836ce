// NOTE FROM LEAD: Preflight is written by another engineer now (worktree /tmp/wt/preflight); see /tmp/plan/note.site before you touch this folder.
