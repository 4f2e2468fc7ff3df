"""Every table there is. The modules that declare tables share one ``metadata``, which knows them only once they are imported."""

from __future__ import annotations

from assistant.foundation import desk_tables, figure_tables, identity_tables, office_tables, tables, video_tables, wechat_tables

MODULES = (tables, desk_tables, figure_tables, office_tables, video_tables, identity_tables, wechat_tables)
metadata = tables.metadata
