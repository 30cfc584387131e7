"""What `/metrics` says."""


def test_the_figures_tell_of_queues_workers_and_late_deadlines(client):
    text = client.get("/metrics").get_data(as_text=True)

    assert "desk_database_up 1.0" in text
    assert "desk_oldest_job_seconds 0.0" in text
    assert "desk_deadlines_late 0.0" in text
    assert "desk_workers_alive" in text


def test_the_figures_name_no_product(client):
    assert "firstline" not in client.get("/metrics").get_data(as_text=True).lower()
