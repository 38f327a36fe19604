/* Three functions that Confluent.Kafka 2.15 asks for and librdkafka 2.0 lacks. Leader epochs are not used here:
   ownership is fenced in PostgreSQL. Linked against librdkafka.so.1, so that one handle finds every symbol. */
#include <stdint.h>

int32_t rd_kafka_message_leader_epoch(const void *message) { (void)message; return -1; }
int32_t rd_kafka_topic_partition_get_leader_epoch(const void *partition) { (void)partition; return -1; }
void rd_kafka_topic_partition_set_leader_epoch(void *partition, int32_t epoch) { (void)partition; (void)epoch; }
