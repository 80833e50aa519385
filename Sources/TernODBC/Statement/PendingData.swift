/// Parameters whose data the application is sending.
struct PendingData {
}
