"""Identities of the exchange's news across rows, tables and languages."""

from __future__ import annotations

from transforms.checks import Check

_EVENTS, _EVENT_QUOTES = "core_climate_events", "core_climate_event_quotes"
_STATS, _STAT_QUOTES = "core_climate_stats", "core_climate_stat_quotes"

CHECKS: tuple[Check, ...] = (
    Check(
        "languages_agree_on_events",
        "an event's kind, day and tonnes are the same in each language that tells of it",
        """
        select e.release_id || ' ' || e.kind || ' ' || e.event_no as scope,
               concat_ws(', ', e.event_date, e.qualifier, e.tonnes) as expected,
               concat_ws(', ', q.event_date, q.qualifier, q.tonnes) as found,
               q.tonnes - e.tonnes as difference,
               e.language || ': ' || e.quote || ' / ' || q.language || ': ' || q.quote as evidence,
               [concat_ws(' ', 'core_climate_events', release_id, e.kind, e.event_no),
                concat_ws(' ', 'core_climate_event_quotes', release_id, e.kind, e.event_no,
                          q.language)] as suspects
        from core_climate_events e join core_climate_event_quotes q
          using (release_id, kind, event_no)
        where (e.event_date, e.tonnes, e.qualifier)
          is distinct from (q.event_date, q.tonnes, q.qualifier)
        """,
        (_EVENTS, _EVENT_QUOTES),
    ),
    Check(
        "languages_agree_on_parties",
        "an event has the same parties in each language that tells of it",
        """
        select e.release_id || ' ' || e.kind || ' ' || e.event_no as scope,
               e.parties as expected, q.parties as found, '' as difference,
               e.language || ': ' || e.quote || ' / ' || q.language || ': ' || q.quote as evidence
        from core_climate_events e join core_climate_event_quotes q
          using (release_id, kind, event_no)
        where e.parties is distinct from q.parties
        """,
        (_EVENTS, _EVENT_QUOTES),
        is_hard=False,
    ),
    Check(
        "languages_agree_on_stats",
        "a figure of the marketplace is the same in each language that states it",
        """
        select s.release_id || ' ' || s.metric as scope,
               concat_ws(' ', s.qualifier, s.value) as expected,
               concat_ws(' ', q.qualifier, q.value) as found,
               q.value - s.value as difference,
               s.language || ': ' || s.quote || ' / ' || q.language || ': ' || q.quote as evidence,
               [concat_ws(' ', 'core_climate_stats', release_id, s.metric),
                concat_ws(' ', 'core_climate_stat_quotes', release_id, s.metric, q.language)]
                 as suspects
        from core_climate_stats s join core_climate_stat_quotes q using (release_id, metric)
        where (s.value, s.qualifier, s.as_of) is distinct from (q.value, q.qualifier, q.as_of)
        """,
        (_STATS, _STAT_QUOTES),
    ),
    Check(
        "languages_tell_the_same",
        "each language that a release was read in tells of each of its facts",
        """
        with facts as (
          select release_id, kind as fact, language from core_climate_event_quotes
          union all select release_id, metric, language from core_climate_stat_quotes
        ), wanted as (
          select distinct f.release_id, f.fact, t.language
          from facts f join hkex_release_texts t using (release_id)
        )
        select release_id || ' ' || fact as scope, language as expected, 'nothing' as found,
               '' as difference, 'told in another language only' as evidence
        from wanted anti join facts using (release_id, fact, language)
        """,
        ("hkex_release_texts", _EVENT_QUOTES, _STAT_QUOTES),
        is_hard=False,
    ),
    Check(
        "lists_agree_with_pages",
        "a release's day and section are the same in the list and on its page",
        """
        select r.release_id as scope, l.published_on || ' ' || l.section as expected,
               r.published_on || ' ' || r.section as found,
               r.published_on - l.published_on as difference, r.title as evidence,
               ['hkex_listings ' || release_id, 'hkex_releases ' || release_id] as suspects
        from hkex_releases r join hkex_listings l using (release_id)
        where (r.published_on, r.section) is distinct from (l.published_on, l.section)
        """,
        ("hkex_releases", "hkex_listings"),
    ),
    Check(
        "listed_releases_are_read",
        "each release of the lists was read, unless its row leads to a file",
        """
        select l.release_id as scope, 'a page' as expected, 'none' as found, '' as difference,
               l.title as evidence
        from hkex_listings l anti join hkex_releases r using (release_id)
        where l.published_on >= $since and not contains(l.href, '/-/media/')
        """,
        ("hkex_releases", "hkex_listings"),
        is_hard=False,
    ),
    Check(
        "titles_agree",
        "a release has the same title in the list and on its English page",
        """
        select r.release_id as scope, l.title as expected, r.title as found, '' as difference,
               'list against page' as evidence
        from hkex_releases r join hkex_listings l using (release_id)
        where r.language = 'en' and r.title <> l.title and r.published_on >= $since
        """,
        ("hkex_releases", "hkex_listings"),
        is_hard=False,
    ),
    Check(
        "counts_do_not_fall",
        "participants and projects of the marketplace never become fewer",
        """
        with counted as (
          select *, max(value) over (
            partition by metric order by as_of rows between unbounded preceding and 1 preceding
          ) as before
          from core_climate_stats
          where metric in ('participants', 'projects') and coalesce(qualifier, '') <> '<='
        )
        select as_of || ' ' || metric as scope, before as expected, value as found,
               value - before as difference, quote as evidence
        from counted where value < before
        """,
        (_STATS,),
        is_hard=False,
    ),
)
