"""What the embedded store promises, asked of the one on a server: the same tests, other fixtures."""
# ruff: noqa: F401

import pytest
from tests.store.ingest.conftest import ingest, made
from tests.store.ingest.test_ingest import (
    test_columns_are_mapped_by_title_and_number,
    test_firm_takes_the_code_that_comes_later,
    test_firm_without_code_is_its_name_and_city,
    test_links_to_anchors_come_with_reasons,
    test_newer_file_updates_and_keeps_what_was,
    test_older_file_does_not_undo_a_newer_one,
    test_row_is_located_classified_and_counted,
    test_same_file_twice_changes_nothing,
    test_two_firms_of_one_name_make_a_row_without_code_ambiguous,
)
from tests.store.test_aggregates import (
    test_a_firm_of_two_sectors_counts_in_both_and_once_in_all,
    test_counts_of_one_origin,
)
from tests.store.test_build import (
    test_build_holds_every_shipped_row,
    test_build_keeps_registry_firms_and_drops_lost_anchors,
    test_build_twice_changes_nothing,
)
from tests.store.test_check import test_built_atlas_has_no_broken_keys_or_counts
from tests.store.test_geopackage import (
    test_batches_cover_everything_in_order,
    test_collection_has_the_columns_and_types_of_the_schema,
    test_delete_keeps_the_last_state,
    test_error_inside_the_block_undoes_everything,
    test_history_keeps_the_former_values,
    test_reader_sees_the_last_committed_state,
    test_replace_enterprises_as_a_whole_is_refused,
    test_replace_layer_in_another_crs_is_refused,
    test_replace_table_takes_other_columns,
    test_second_writer_gets_a_clear_error,
    test_text_goes_through_unchanged,
    test_threads_read_the_same_store,
    test_unknown_column_of_batches_is_refused,
    test_unknown_table_and_collection_are_refused,
    test_unresolved_enterprise_has_no_geometry,
    test_upsert_stores_updates_and_leaves,
    test_upsert_without_id_is_refused,
    test_version_grows_only_with_changes,
)
from tests.store.test_nearest import (
    scattered,
    test_nearest_agrees_with_geodesic_brute_force,
    test_nearest_of_an_empty_store_is_empty,
    test_nearest_refuses_wrong_input,
    test_nearest_with_a_filter_is_the_nearest_of_those,
    test_nearest_within_a_radius_gives_fewer_than_k,
)
from tests.store.test_search import (
    filled,
    test_equal_name_scores_one,
    test_search_finds_by_name_alias_code_and_initials,
    test_search_finds_every_firm_with_the_word,
    test_search_follows_a_new_name,
    test_search_limit_is_bounded,
    test_search_of_nothing_or_syntax_finds_nothing,
    test_search_one_character,
)

pytestmark = pytest.mark.postgis
