// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: memory that goes to a device and comes from one, through the interfaces
 * that drivers use. No device is there: nothing is ever transferred.
 */
#include <linux/device.h>
#include <linux/dma-mapping.h>
#include <linux/scatterlist.h>
#include <linux/virtio.h>
#include <linux/virtio_config.h>
#include <linux/virtio_ring.h>

#include "kmemcheck_test.h"

#define WRITTEN	10	/* bytes of the object that are written */
#define SENT	16	/* bytes that a device gets to read */

static void expect_leak(struct kunit *test, struct context *c)
{
	expect_report(test, c->object, SIZE, KMEMCHECK_INFOLEAK, KMEMCHECK_UNINITIALIZED,
		      WRITTEN, SENT - WRITTEN);
}

/* What a device writes is written. */
static void expect_received(struct kunit *test, struct context *c)
{
	load(c->object + SENT, WORD);
	load(c->object + 2 * SENT - 8, WORD);
	expect_silence(test, c->object, SIZE);
	load(c->object + 2 * SENT, WORD);
	expect_report(test, c->object, SIZE, KMEMCHECK_READ, KMEMCHECK_UNINITIALIZED,
		      2 * SENT, WORD);
}

static struct device *new_device(struct kunit *test)
{
	struct device *dev = root_device_register("kmemcheck_test");

	KUNIT_ASSERT_FALSE(test, IS_ERR(dev));
	dev->dma_mask = &dev->coherent_dma_mask;
	KUNIT_ASSERT_EQ(test, dma_set_mask_and_coherent(dev, DMA_BIT_MASK(64)), 0);
	return dev;
}

void test_dma_single(struct kunit *test)
{
	struct context *c = test->priv;
	struct device *dev = new_device(test);
	dma_addr_t to, from;

	memset(c->object, 0, WRITTEN);
	to = dma_map_single(dev, c->object, WRITTEN, DMA_TO_DEVICE);
	KUNIT_EXPECT_EQ(test, dma_mapping_error(dev, to), 0);
	expect_silence(test, c->object, SIZE);
	dma_unmap_single(dev, to, WRITTEN, DMA_TO_DEVICE);

	to = dma_map_single(dev, c->object, SENT, DMA_TO_DEVICE);
	expect_leak(test, c);
	from = dma_map_single(dev, c->object + SENT, SENT, DMA_FROM_DEVICE);
	expect_received(test, c);
	dma_unmap_single(dev, to, SENT, DMA_TO_DEVICE);
	dma_unmap_single(dev, from, SENT, DMA_FROM_DEVICE);
	root_device_unregister(dev);
}

void test_dma_list(struct kunit *test)
{
	struct context *c = test->priv;
	struct device *dev = new_device(test);
	struct scatterlist to, from;

	memset(c->object, 0, WRITTEN);
	sg_init_one(&to, c->object, SENT);
	sg_init_one(&from, c->object + SENT, SENT);
	KUNIT_EXPECT_EQ(test, dma_map_sg(dev, &to, 1, DMA_TO_DEVICE), 1);
	expect_leak(test, c);
	KUNIT_EXPECT_EQ(test, dma_map_sg(dev, &from, 1, DMA_FROM_DEVICE), 1);
	expect_received(test, c);
	dma_unmap_sg(dev, &to, 1, DMA_TO_DEVICE);
	dma_unmap_sg(dev, &from, 1, DMA_FROM_DEVICE);
	root_device_unregister(dev);
}

#if IS_BUILTIN(CONFIG_VIRTIO)
static bool notify(struct virtqueue *vq)
{
	return true;
}

static void add_buffers(struct kunit *test, struct virtqueue *vq)
{
	struct context *c = test->priv;
	struct scatterlist to, from;

	memset(c->object, 0, WRITTEN);
	sg_init_one(&to, c->object, SENT);
	sg_init_one(&from, c->object + SENT, SENT);
	KUNIT_EXPECT_EQ(test, virtqueue_add_outbuf(vq, &to, 1, c, GFP_KERNEL), 0);
	expect_leak(test, c);
	KUNIT_EXPECT_EQ(test, virtqueue_add_inbuf(vq, &from, 1, c + 1, GFP_KERNEL), 0);
	expect_received(test, c);
}

/* Without VIRTIO_F_ACCESS_PLATFORM: that would go through the DMA interface. */
void test_virtio(struct kunit *test)
{
	struct virtio_device *vdev = kunit_kzalloc(test, sizeof(*vdev), GFP_KERNEL);
	void *ring = (void *)get_zeroed_page(GFP_KERNEL);
	struct virtqueue *vq;

	KUNIT_ASSERT_NOT_NULL(test, vdev);
	KUNIT_ASSERT_NOT_NULL(test, ring);
	INIT_LIST_HEAD(&vdev->vqs);
	spin_lock_init(&vdev->vqs_list_lock);
	vdev->features = BIT_ULL(VIRTIO_F_VERSION_1);
	vq = vring_new_virtqueue(0, 16, SMP_CACHE_BYTES, vdev, true, false, ring, notify,
				 NULL, "kmemcheck_test");
	KUNIT_ASSERT_NOT_NULL(test, vq);
	add_buffers(test, vq);
	vring_del_virtqueue(vq);
	free_page((unsigned long)ring);
}
#endif
